package io.ratelimit.redis;

import java.util.concurrent.CompletionStage;

/** Opens connections to one deployment of Redis: a server, what the sentinels say is the master, or a cluster. */
interface ScriptConnector {
    /**
     * Opens a connection without blocking. The stage ends within the connect timeout, either way.
     *
     * @return the connection, ready for calls, or the error that Lettuce reports
     */
    CompletionStage<ScriptConnection> connect();

    /** Releases what the connections share. They are closed with it. */
    void close();
}
