package io.ratelimit.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    /** The master that {@link #isElsewhere} found last; {@link #connect} tries it first, once. */
    private final AtomicReference<@Nullable Node> elected = new AtomicReference<>();

    private volatile @Nullable Node connected;

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
        Node named = elected.getAndSet(null);
        return named == null
                ? connectBySentinels()
                : connectTo(named).exceptionallyCompose(failure -> connectBySentinels());
    }

    private CompletionStage<ScriptConnection> connectBySentinels() {
        return rotation.connect(sentinel -> masterBy(sentinel).thenCompose(this::connectTo));
    }

    private CompletionStage<ScriptConnection> connectTo(Node master) {
        return reach(master).thenApply(opened -> {
            connected = master;
            return opened;
        });
    }

    private CompletionStage<ScriptConnection> reach(Node master) {
        ScriptConnector server = masters.computeIfAbsent(master, connectors);
        if (rotation.isClosed()) {
            // It may have come too late to be closed with the others.
            server.close();
            return CompletableFuture.failedFuture(new RedisException("Connection is closed"));
        }
        return check.pass(server.connect());
    }

    /**
     * Asks all sentinels, and returns whether most of those that there are, silent ones too, name one master that is another
     * server than the one connected to last, and that can be reached. The next connection is then tried there first: a
     * sentinel that has not heard would lead back.
     */
    CompletionStage<Boolean> isElsewhere() {
        elected.set(null);
        List<CompletableFuture<Optional<Node>>> answers = sentinels.stream()
                .map(sentinel -> masterBy(sentinel)
                        .handle((master, failure) -> Optional.ofNullable(master))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenCompose(done -> namedByMost(answers.stream()
                                .map(CompletableFuture::join)
                                .flatMap(Optional::stream)
                                .toList())
                        .filter(master -> !master.equals(connected))
                        .map(this::elect)
                        .orElseGet(() -> CompletableFuture.completedFuture(false)));
    }

    private CompletionStage<Boolean> elect(Node master) {
        return reach(master).handle((opened, failure) -> {
            if (failure != null) {
                return false;
            }
            opened.close();
            boolean isElsewhere = !master.equals(connected);
            elected.set(isElsewhere ? master : null);
            return isElsewhere;
        });
    }

    private Optional<Node> namedByMost(List<Node> named) {
        return named.stream()
                .filter(node -> 2 * Collections.frequency(named, node) > sentinels.size())
                .findFirst();
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
        rotation.close();
        sentinels.forEach(ScriptConnector::close);
        masters.values().forEach(ScriptConnector::close);
    }

    @Override
    public String toString() {
        return name + " of " + sentinels.size() + " sentinels";
    }
}
