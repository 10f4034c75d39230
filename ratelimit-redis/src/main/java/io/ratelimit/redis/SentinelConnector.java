package io.ratelimit.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Connects to what the sentinels say is the master, if that server says so too: one that has just come back may not know
 * yet that it was replaced.
 *
 * <p>Lettuce could ask the sentinels itself. It would always begin with the one listed first, however long that is silent,
 * and say a line for each that does not answer, each time.
 */
final class SentinelConnector implements ScriptConnector {
    private final List<ScriptConnector> sentinels;
    private final Rotation<ScriptConnector> rotation;
    private final String name;
    private final Function<Node, ScriptConnector> connectors;
    private final Map<Node, ScriptConnector> masters = new ConcurrentHashMap<>();
    private final MasterCheck check;
    private final Duration patience;

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param sentinels the connectors of the sentinels; closed with this one
     * @param name what the sentinels call the master
     * @param connectors makes the connector of a server
     * @param patience how long a server may take to answer
     */
    SentinelConnector(
            List<ScriptConnector> sentinels,
            String name,
            Function<Node, ScriptConnector> connectors,
            Duration patience) {
        this.sentinels = List.copyOf(sentinels);
        this.rotation = new Rotation<>(sentinels);
        this.name = name;
        this.connectors = connectors;
        this.check = new MasterCheck(patience);
        this.patience = patience;
    }

    @Override
    public CompletionStage<ScriptConnection> connect() {
        return rotation.connect(sentinel -> check.pass(masterBy(sentinel)
                .thenCompose(
                        master -> masters.computeIfAbsent(master, connectors).connect())));
    }

    private CompletionStage<Node> masterBy(ScriptConnector sentinel) {
        return sentinel.connect()
                .thenCompose(connection -> connection
                        .ask(CommandType.SENTINEL, "GET-MASTER-ADDR-BY-NAME", name)
                        .toCompletableFuture()
                        .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                        .whenComplete((address, failure) -> connection.close()))
                .thenApply(this::node)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new NotLedException(failure)));
    }

    private Node node(List<Object> address) {
        if (address.size() == 2 && address.get(0) instanceof byte[] host && address.get(1) instanceof byte[] port) {
            return new Node(text(host), Integer.parseInt(text(port)));
        }
        throw new RedisException("The sentinel knows no master of the name " + name);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        sentinels.forEach(ScriptConnector::close);
        masters.values().forEach(ScriptConnector::close);
    }

    @Override
    public String toString() {
        return name + " of " + sentinels.size() + " sentinels";
    }
}
