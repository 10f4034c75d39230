package io.ratelimit.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection that never answers and is never lost, unless a test says otherwise. */
class SilentConnection implements ScriptConnection {
    @Override
    public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
        return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<long[]> callByText(Script script, ScriptCall call) {
        return new CompletableFuture<>();
    }

    @Override
    public ScriptConnection asking() {
        return this;
    }

    @Override
    public CompletionStage<List<Object>> ask(CommandType command, String... words) {
        return new CompletableFuture<>();
    }

    @Override
    public void onLost(Runnable task) {}

    @Override
    public void close() {}
}
