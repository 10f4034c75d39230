package io.ratelimit.redis;

import io.lettuce.core.protocol.CommandType;
import io.ratelimit.store.CleanThreads;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a call to the node of a cluster that has its slot.
 *
 * <p>Who has which slot is asked of the nodes in turn: every {@link #QUIET_PERIOD}, and soon after a call failed or was sent
 * elsewhere. A link to a new node is up before calls are sent to it, and one to a node that has left stays until the calls
 * under way have ended.
 *
 * <p>Lettuce's own client for clusters is not used, because it can only do without repeating lost calls at the price of not
 * reconnecting to a node.
 */
final class ClusterRouter implements Router {
    private static final Logger log = LoggerFactory.getLogger(ClusterRouter.class);
    private static final ThreadFactory CLOSERS = CleanThreads.named("ratelimit-redis-close");
    private static final Duration QUIET_PERIOD = Duration.ofSeconds(15);
    private static final Duration TROUBLED_PERIOD = Duration.ofMillis(250);
    private static final Duration FIRST_PERIOD = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<Node> seeds;
    private final Function<Node, ScriptConnector> connectors;
    private final ScheduledExecutorService timer;
    private final Duration longestCall;
    /** How long a node may take to answer {@link #slotsBy} before its connection is replaced; at least {@link #longestCall}. */
    private final Duration patience;

    private final WarningBudget warnings;
    private final Set<Link> leaving = ConcurrentHashMap.newKeySet();
    private final Map<Node, Link> links = new ConcurrentHashMap<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicInteger turn = new AtomicInteger();
    private final CompletableFuture<Void> firstTable = new CompletableFuture<>();
    private volatile SlotTable table = SlotTable.UNKNOWN;
    /** The nodes that have refused {@code CLUSTER SLOTS} since a node last answered it. */
    private final Set<Node> refusing = ConcurrentHashMap.newKeySet();

    private volatile @Nullable StoreException refusal;
    private volatile boolean refusalTold;
    private volatile boolean troubled = true;
    private volatile boolean closed;
    private volatile long askedAtNanos = System.nanoTime() - QUIET_PERIOD.toNanos();

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param seeds the nodes to ask first
     * @param connectors makes the connector of a node
     * @param longestCall how long a call may be under way
     */
    ClusterRouter(
            List<Node> seeds,
            Function<Node, ScriptConnector> connectors,
            ScheduledExecutorService timer,
            Duration longestCall) {
        this(seeds, connectors, timer, longestCall, Link.warnings(System::nanoTime));
    }

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param warnings shared by all links
     */
    ClusterRouter(
            List<Node> seeds,
            Function<Node, ScriptConnector> connectors,
            ScheduledExecutorService timer,
            Duration longestCall,
            WarningBudget warnings) {
        this.warnings = warnings;
        this.seeds = List.copyOf(seeds);
        this.connectors = connectors;
        this.timer = timer;
        this.longestCall = longestCall;
        this.patience = longestCall.compareTo(PATIENCE) > 0 ? longestCall : PATIENCE;
    }

    @Override
    public void open() {
        seeds.forEach(seed -> linkTo(seed).whenAttempted(this::askIfDue));
        tick();
    }

    @Override
    public void awaitFirstAttempt(Duration longest) {
        firstTable
                .completeOnTimeout(null, longest.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    @Override
    public Link linkOf(ScriptCall call) {
        Node node = table.of(call.slot());
        Link link = node == null ? null : links.get(node);
        return link == null ? anyLink() : link;
    }

    @Override
    public @Nullable Link follow(Redirection redirection, Link from) {
        if (redirection.target().host().equals(SlotTable.NAMELESS)) {
            // The node has no name: only CLUSTER SLOTS tells its address.
            failed();
            return null;
        }
        Node target = SlotTable.located(redirection.target(), nodeOf(from));
        if (redirection.toStay()) {
            synchronized (this) {
                table = table.with(redirection.slot(), target);
            }
            failed();
        }
        return closed ? null : linkTo(target);
    }

    @Override
    public void failed() {
        troubled = true;
        askIfDue();
    }

    @Override
    public void close() {
        closed = true;
        Stream<Link> all = Stream.concat(links.values().stream(), leaving.stream());
        CompletableFuture.allOf(all.map(ClusterRouter::close).toArray(CompletableFuture[]::new))
                .join();
        firstTable.complete(null);
    }

    /**
     * Returns why no node will tell who has which slot: the user may not ask, or they are no nodes of a cluster. Empty if one
     * has told since, or none has answered.
     */
    Optional<StoreException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Returns the node that decides about a slot, or an empty text if it is not known. */
    String shardOf(int slot) {
        return Objects.toString(table.of(slot), "");
    }

    @Override
    public String toString() {
        return "the cluster of " + seeds.get(0) + (seeds.size() > 1 ? " and others" : "");
    }

    /** For a slot that no node is known to have: the node that is asked answers where the slot is, or why it is nowhere. */
    private Link anyLink() {
        return links.values().stream()
                .filter(link -> link.connection() != null)
                .findFirst()
                .orElseGet(() -> linkTo(seeds.get(0)));
    }

    private Node nodeOf(Link link) {
        return links.entrySet().stream()
                .filter(entry -> entry.getValue() == link)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(seeds.get(0));
    }

    private Link linkTo(Node node) {
        Link known = links.get(node);
        return known != null
                ? known
                : links.computeIfAbsent(node, added -> {
                    Link link = new Link(connectors.apply(added), timer, warnings);
                    link.open();
                    return link;
                });
    }

    private void tick() {
        try {
            askIfDue();
        } finally {
            tickAfterPause();
        }
    }

    private void tickAfterPause() {
        if (!closed) {
            try {
                var unused = timer.schedule(this::tick, TROUBLED_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closing) {
                log.debug("Not looking at the cluster any more", closing);
            }
        }
    }

    private void askIfDue() {
        Duration period = table.isEmpty() ? FIRST_PERIOD : troubled ? TROUBLED_PERIOD : QUIET_PERIOD;
        boolean due = System.nanoTime() - askedAtNanos > period.toNanos();
        if (due && !closed && asking.compareAndSet(false, true)) {
            ask();
        }
    }

    /** Asks one node, each time the next one, so that a node that is cut off from the cluster is not believed for long. */
    private void ask() {
        List<Map.Entry<Node, Link>> connected = new ArrayList<>(links.entrySet());
        connected.removeIf(entry -> entry.getValue().connection() == null);
        if (connected.isEmpty()) {
            asking.set(false);
            return;
        }
        askedAtNanos = System.nanoTime();
        troubled = false;
        Map.Entry<Node, Link> asked = connected.get(Math.floorMod(turn.getAndIncrement(), connected.size()));
        CompletableFuture<SlotTable> read = slots(asked.getValue())
                .thenApply(reply -> SlotTable.of(reply, asked.getKey()))
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        var unused = read.thenCompose(this::adopt).whenComplete((done, failure) -> {
            boolean anotherMayTell = false;
            try {
                anotherMayTell = failure != null && noteFailure(asked.getKey(), failure);
            } finally {
                asking.set(false);
            }
            if (anotherMayTell && !closed && asking.compareAndSet(false, true)) {
                ask();
            }
        });
    }

    /** Makes a failed stage of an exception, so that {@link #ask} goes on to another node. */
    private CompletableFuture<List<Object>> slots(Link link) {
        try {
            return slotsBy(link);
        } catch (RuntimeException | Error defect) {
            return CompletableFuture.failedFuture(defect);
        }
    }

    /** Notes why a node did not tell, and returns whether to ask another one at once: where one refuses, others may not. */
    private boolean noteFailure(Node by, Throwable failure) {
        troubled = true;
        StoreException why = RedisErrors.toStoreException(failure);
        log.debug("{} did not tell the slots of the cluster: {}", by, why.getMessage(), failure);
        if (why.kind() != Kind.PERMISSION && why.kind() != Kind.UNKNOWN_COMMAND) {
            return false;
        }
        refusing.add(by);
        boolean anotherMayTell = links.entrySet().stream()
                .anyMatch(link -> link.getValue().connection() != null && !refusing.contains(link.getKey()));
        boolean anotherMayCome =
                Stream.concat(seeds.stream(), links.keySet().stream()).anyMatch(this::isToCome);
        if (!anotherMayTell && !anotherMayCome) {
            noteRefusal(by, why);
        }
        return anotherMayTell;
    }

    private boolean isToCome(Node node) {
        Link link = links.get(node);
        return link == null || !link.isAttempted();
    }

    /** Remembers that all nodes refuse, and lets {@link #awaitFirstAttempt} return: the refusal lasts until an operator ends it. */
    private void noteRefusal(Node by, StoreException why) {
        if (!refusalTold && warnings.spend()) {
            refusalTold = true;
            log.warn(
                    "{}, at {}: a node that takes over slots is not found (expected: the nodes of a cluster, and a user who may"
                            + " run CLUSTER SLOTS)",
                    why.getMessage(),
                    by);
        }
        refusal = why;
        firstTable.complete(null);
    }

    /**
     * Asks over a link, and replaces its connection if there is no answer. No decisions go over the link to a seed that the
     * cluster knows by another name, so that only this question finds out that such a connection is dead.
     */
    private CompletableFuture<List<Object>> slotsBy(Link link) {
        ScriptConnection connection = link.connection();
        if (connection == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("lost meanwhile"));
        }
        return connection
                .ask(CommandType.CLUSTER, "SLOTS")
                .toCompletableFuture()
                .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((reply, failure) -> {
                    if (failure == null || RedisErrors.isAnswer(failure)) {
                        link.answered(connection);
                    } else {
                        link.replace(connection, RedisErrors.toStoreException(failure));
                    }
                });
    }

    private CompletableFuture<Void> adopt(SlotTable seen) {
        Set<Node> nodes = seen.nodes();
        if (nodes.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("It has no slots"));
        }
        List<CompletableFuture<Void>> attempts = new ArrayList<>();
        for (Node node : nodes) {
            CompletableFuture<Void> attempted = new CompletableFuture<>();
            linkTo(node).whenAttempted(() -> attempted.complete(null));
            attempts.add(attempted);
        }
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    synchronized (this) {
                        table = seen;
                    }
                    refusing.clear();
                    refusal = null;
                    refusalTold = false;
                    retireAllBut(nodes);
                    firstTable.complete(null);
                });
    }

    private void retireAllBut(Set<Node> nodes) {
        links.forEach((node, link) -> {
            if (!nodes.contains(node) && !seeds.contains(node) && links.remove(node, link)) {
                leaving.add(link);
                try {
                    var unused = timer.schedule(() -> leave(link), longestCall.toNanos(), TimeUnit.NANOSECONDS);
                } catch (RejectedExecutionException closing) {
                    log.debug("Whoever closes the router closes the link to {}", node, closing);
                }
            }
        });
    }

    private void leave(Link link) {
        var unused = close(link).thenRun(() -> leaving.remove(link));
    }

    /** On a thread of its own, because it may wait for an attempt to connect, and the timer keeps the time of all calls. */
    private static CompletableFuture<Void> close(Link link) {
        return CompletableFuture.runAsync(
                link::close, task -> CLOSERS.newThread(task).start());
    }
}
