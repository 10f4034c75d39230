package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Knows over which link a call goes. Safe for any number of threads; no method waits for the network except {@link
 * #awaitFirstAttempt}.
 */
interface Router {
    /** Starts to connect in the background. */
    void open();

    /** Waits until it is known whether calls can be made, or the time has passed. */
    void awaitFirstAttempt(Duration longest);

    /** Returns the link for a call. */
    Link linkOf(ScriptCall call);

    /**
     * Returns the link that a node sends a call to; {@code null} if it is not followed.
     *
     * @param from who says so
     */
    @Nullable
    Link follow(Redirection redirection, Link from);

    /** Returns the failure of a call, with what this sort of deployment makes of it. */
    default StoreException explain(StoreException failure) {
        return failure;
    }

    /** Notes that a call found a node gone or in trouble. */
    void failed();

    /** Closes all links. */
    void close();
}
