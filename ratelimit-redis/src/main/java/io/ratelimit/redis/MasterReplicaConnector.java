package io.ratelimit.redis;

import io.lettuce.core.RedisReadOnlyException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Connects to whichever of some servers is the master at the time, where no sentinel knows it. */
final class MasterReplicaConnector implements ScriptConnector {
    private final List<ScriptConnector> nodes;
    private final AtomicInteger first = new AtomicInteger();

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param nodes the connectors of all servers; closed with this one
     */
    MasterReplicaConnector(List<ScriptConnector> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** The server that was the master the last time is asked first. */
    @Override
    public CompletionStage<ScriptConnection> connect() {
        return connect(
                first.get(), nodes.size(), new RedisReadOnlyException("READONLY none of the servers is a master"));
    }

    private CompletionStage<ScriptConnection> connect(int index, int left, Throwable why) {
        if (left == 0) {
            return CompletableFuture.failedFuture(why);
        }
        int node = index % nodes.size();
        return nodes.get(node)
                .connect()
                .thenCompose(opened -> opened.isMaster().handle((master, failure) -> {
                    if (failure == null && master) {
                        first.set(node);
                        return CompletableFuture.completedFuture(opened);
                    }
                    opened.close();
                    return CompletableFuture.<ScriptConnection>failedFuture(failure == null ? why : failure);
                }))
                .thenCompose(found -> found)
                .exceptionallyCompose(failure -> connect(node + 1, left - 1, failure));
    }

    @Override
    public void close() {
        nodes.forEach(ScriptConnector::close);
    }

    @Override
    public String toString() {
        return "the master of " + nodes.size() + " servers";
    }
}
