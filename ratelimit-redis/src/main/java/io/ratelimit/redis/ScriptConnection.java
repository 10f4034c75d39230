package io.ratelimit.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A connection to one server, over which the script is called.
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

    /** Returns this connection as one whose calls are for a key that has moved to its node ahead of the key's slot. */
    ScriptConnection asking();

    /**
     * Asks the server about itself or others.
     *
     * @param command what to ask with; replied to with a list
     * @param words what is added, such as {@code SLOTS} to {@code CLUSTER}
     * @return the list, of lists, byte arrays and {@code Long}s, or the error that Lettuce reports
     */
    CompletionStage<List<Object>> ask(CommandType command, String... words);

    /** Runs the task when the connection is lost or closed, at once if it is so already; maybe more than once. */
    void onLost(Runnable task);

    /** Gives the connection up without waiting. Calls in flight fail soon. */
    void close();
}
