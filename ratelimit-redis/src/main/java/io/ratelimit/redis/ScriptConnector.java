package io.ratelimit.redis;

import java.util.concurrent.CompletionStage;

/** Opens connections to one deployment of Redis: a server, what the sentinels say is the master, or a cluster. */
interface ScriptConnector {
    /**
     * Opens a connection without blocking. The stage ends, either way, within the connect timeout for the
     * server and for each sentinel that is asked before.
     *
     * @return the connection, ready for calls, or the error that Lettuce reports
     */
    CompletionStage<ScriptConnection> connect();

    /** Releases what the connections share. They are closed with it. */
    void close();
}
