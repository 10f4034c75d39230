package io.ratelimit.redis;

import java.util.concurrent.CompletionStage;

/** Opens connections to one server: always the same, or the one that is the master at the time. */
interface ScriptConnector {
    /**
     * Opens a connection without blocking. The stage ends, either way, within the connect timeout for the
     * server and for each sentinel that is asked before.
     *
     * @return the connection, ready for calls, or the error that Lettuce reports
     */
    CompletionStage<ScriptConnection> connect();

    /** Releases what the connections share. They are closed with it. Does not throw, so that others are closed too. */
    void close();
}
