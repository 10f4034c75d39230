package io.ratelimit.redis;

import java.util.concurrent.CompletionStage;

/**
 * A connection, or a cluster's bundle of them, over which the script is called.
 *
 * <p>Safe for any number of threads. Calls are sent at once and answered in order. A call that is lost with the connection
 * fails and is never sent again.
 */
interface ScriptConnection {
    /**
     * Calls the script by its name.
     *
     * @return the integers of the reply, or the error that Lettuce reports
     */
    CompletionStage<long[]> callByName(Script script, ScriptCall call);

    /** Calls the script by its text, which the server remembers; otherwise as {@link #callByName}. */
    CompletionStage<long[]> callByText(Script script, ScriptCall call);

    /** Runs the task when the connection is lost or closed, at once if it is so already; maybe more than once. */
    void onLost(Runnable task);

    /** Gives the connection up without waiting. Calls in flight fail soon. */
    void close();
}
