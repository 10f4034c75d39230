package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.store.WarningBudget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Which node is asked, as the nodes tell who has which slot. */
class ClusterRouterTest {
    private static final Node ONE = new Node("one", 7001);
    private static final Node TWO = new Node("two", 7002);
    private static final Node THREE = new Node("three", 7003);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<Node, FakeNode> nodes = new ConcurrentHashMap<>();
    private volatile List<Object> slots = List.of(range(0, 8_191, ONE), range(8_192, 16_383, TWO));
    private final ClusterRouter router = router(Duration.ofMillis(50));

    @AfterEach
    void close() {
        nodes.values().forEach(node -> node.closing.countDown());
        timer.shutdownNow();
        router.close();
    }

    @Test
    void connectsToAllMastersBeforeItIsReady() {
        open();

        assertThat(router.shardOf(0)).isEqualTo("one:7001");
        assertThat(router.shardOf(16_383)).isEqualTo("two:7002");
        assertThat(at(TWO).connected).isTrue();
    }

    @Test
    void sendsCallsToANodeThatHasJoinedOnceItsLinkIsUp() {
        open();
        FakeNode joining = at(THREE);
        joining.connecting = new CompletableFuture<>();

        slots = List.of(range(0, 8_191, ONE), range(8_192, 16_383, THREE));
        router.failed();

        await().until(() -> joining.attempted);
        assertThat(router.shardOf(16_383)).as("while it is being connected").isEqualTo("two:7002");
        joining.connecting.complete(null);
        await().untilAsserted(() -> assertThat(router.shardOf(16_383)).isEqualTo("three:7003"));
    }

    @Test
    void isNotHeldUpByTheEndOfALink() throws Exception {
        open();

        slots = List.of(range(0, 16_383, ONE));
        router.failed();

        await().until(() -> router.shardOf(16_383).equals("one:7001"));
        await("a close that takes its time").until(() -> at(TWO).closingBegun);
        assertThat(timer.submit(() -> "the timer goes on").get(5, TimeUnit.SECONDS))
                .isNotEmpty();
    }

    @Test
    void endsLinksThatAreAboutToEndWhenItIsClosed() {
        ClusterRouter another = router(Duration.ofMinutes(1));
        another.open();
        another.awaitFirstAttempt(Duration.ofSeconds(10));
        slots = List.of(range(0, 16_383, ONE));
        another.failed();
        await().until(() -> another.shardOf(16_383).equals("one:7001"));
        nodes.values().forEach(node -> node.closing.countDown());

        another.close();

        assertThat(at(TWO).closingBegun).isTrue();
    }

    @Test
    void doesNotBelieveANodeThatHasLostSightOfTheCluster() {
        open();

        slots = List.of();
        router.failed();

        await().during(Duration.ofMillis(600)).until(() -> router.shardOf(0).equals("one:7001"));
    }

    @Test
    void asksAgainWhenANodeRepliesNonsense() {
        open();
        slots = List.of("nonsense");
        router.failed();
        await().during(Duration.ofMillis(600)).until(() -> router.shardOf(0).equals("one:7001"));

        slots = List.of(range(0, 16_383, TWO));

        await().until(() -> router.shardOf(0).equals("two:7002"));
    }

    @Test
    void connectsAnewToASeedThatHasFallenSilentAndFindsTheClusterThere() {
        open();
        at(ONE).fallSilent();
        at(TWO).fallSilent();
        at(TWO).connecting = CompletableFuture.failedFuture(new RedisException("gone"));
        slots = List.of(range(0, 16_383, THREE));

        router.failed();

        await().atMost(Duration.ofSeconds(6)).until(() -> router.shardOf(0).equals("three:7003"));
        assertThat(at(ONE).closingBegun).as("the silent connection is closed").isTrue();
    }

    @Test
    void asksAgainAfterAnErrorThatIsNoException() {
        at(ONE).defects.set(1);

        open();

        await().untilAsserted(() -> assertThat(router.shardOf(16_383)).isEqualTo("two:7002"));
    }

    @Test
    void keepsAConnectionThatAnswersWithAnError() {
        open();
        at(ONE).refusal = new RedisCommandExecutionException("LOADING Redis is loading the dataset in memory");
        at(TWO).refusal = at(ONE).refusal;

        router.failed();

        await().during(Duration.ofMillis(600)).until(() -> !at(ONE).closingBegun && !at(TWO).closingBegun);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void believesTheOtherNodeWhereOneWillNotTellWhoHasWhichSlot(int refusing) {
        List<Node> seeds = List.of(ONE, TWO);
        at(seeds.get(refusing)).refusal =
                new RedisCommandExecutionException("ERR This instance has cluster support disabled");
        ClusterRouter both = new ClusterRouter(seeds, this::at, timer, Duration.ofMillis(50));
        try {
            both.open();
            both.awaitFirstAttempt(LONGEST);

            assertThat(both.refusal()).isEmpty();
            assertThat(both.shardOf(16_383)).isEqualTo("two:7002");
        } finally {
            nodes.values().forEach(node -> node.closing.countDown());
            both.close();
        }
    }

    @Test
    void warnsOnceThatNoNodeMayTellWhoHasWhichSlot() {
        at(ONE).refusal = new RedisCommandExecutionException(
                "NOPERM this user has no permissions to run the" + " 'cluster' command or its subcommand");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ClusterRouter.class);
        logger.addAppender(lines);
        try {
            long begun = System.nanoTime();
            open();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("nothing better is to be waited for")
                    .isLessThan(Duration.ofSeconds(5));

            await().during(Duration.ofMillis(600))
                    .until(() -> lines.list.stream()
                                    .filter(line -> line.getLevel() == Level.WARN)
                                    .count()
                            == 1);
            assertThat(lines.list.get(0).getFormattedMessage())
                    .contains("one:7001", "lacks a permission to run CLUSTER", "CLUSTER SLOTS");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void warnsLaterThatNoNodeMayTellIfAnotherWarningWasJustGiven() {
        at(ONE).refusal =
                new RedisCommandExecutionException("NOPERM this user has no permissions to run the 'cluster' command");
        AtomicLong nanos = new AtomicLong();
        WarningBudget warnings = Link.warnings(nanos::get);
        assertThat(warnings.spend()).as("on something else").isTrue();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ClusterRouter.class);
        logger.addAppender(lines);
        ClusterRouter quiet = new ClusterRouter(List.of(ONE), this::at, timer, Duration.ofMillis(50), warnings);
        try {
            quiet.open();
            quiet.awaitFirstAttempt(LONGEST);
            assertThat(lines.list).noneMatch(line -> line.getLevel() == Level.WARN);

            nanos.addAndGet(Duration.ofMinutes(1).toNanos());

            await().until(() -> lines.list.stream().anyMatch(line -> line.getLevel() == Level.WARN));
        } finally {
            logger.detachAppender(lines);
            nodes.values().forEach(node -> node.closing.countDown());
            quiet.close();
        }
    }

    @Test
    void followsASlotAtOnceWhenANodeSaysThatItHasMoved() {
        open();
        Link from = router.linkOf(call());

        Link to = router.follow(new Redirection(true, call().slot(), THREE), from);

        assertThat(to).isNotSameAs(from).hasToString("three:7003");
        assertThat(router.linkOf(call())).isSameAs(to);
    }

    @Test
    void asksWhoHasASlotThatHasMovedToANodeWithoutAName() {
        open();
        Link from = router.linkOf(call());
        slots = List.of(range(0, 16_383, THREE));

        assertThat(router.follow(new Redirection(true, call().slot(), new Node("?", 6379)), from))
                .isNull();

        await().until(() -> router.shardOf(call().slot()).equals("three:7003"));
    }

    @Test
    void leavesTheTableAsItIsForAKeyThatHasMovedAheadOfItsSlot() {
        open();
        Link from = router.linkOf(call());

        assertThat(router.follow(new Redirection(false, call().slot(), THREE), from))
                .hasToString("three:7003");
        assertThat(router.linkOf(call())).isSameAs(from);
    }

    private ClusterRouter router(Duration longestCall) {
        return new ClusterRouter(List.of(ONE), this::at, timer, longestCall);
    }

    private void open() {
        router.open();
        router.awaitFirstAttempt(LONGEST);
    }

    private static ScriptCall call() {
        return new ScriptCall(new byte[][] {"key".getBytes(StandardCharsets.US_ASCII)}, new byte[0][]);
    }

    private FakeNode at(Node node) {
        return nodes.computeIfAbsent(node, FakeNode::new);
    }

    private static Object range(long first, long last, Node node) {
        return List.of(first, last, List.of(node.host().getBytes(StandardCharsets.US_ASCII), (long) node.port()));
    }

    /** A node that tells the slots, and of which the end takes as long as the test says. */
    private final class FakeNode extends SilentConnection implements ScriptConnector {
        private final Node node;
        private final CountDownLatch closing = new CountDownLatch(1);
        private volatile CompletableFuture<Void> connecting = CompletableFuture.completedFuture(null);
        private volatile boolean attempted;
        private volatile boolean connected;
        private volatile boolean closingBegun;
        private volatile boolean silent;
        private final AtomicInteger defects = new AtomicInteger();
        private volatile @Nullable RuntimeException refusal;

        FakeNode(Node node) {
            this.node = node;
        }

        /** Answers nothing from now on, over this connection. */
        void fallSilent() {
            closing.countDown();
            silent = true;
        }

        @Override
        public CompletionStage<ScriptConnection> connect() {
            attempted = true;
            return connecting.thenApply(done -> {
                connected = true;
                silent = false;
                return this;
            });
        }

        @Override
        public CompletionStage<List<Object>> ask(CommandType command, String... words) {
            if (silent) {
                return new CompletableFuture<>();
            }
            if (defects.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("while there were no file descriptors");
            }
            RuntimeException error = refusal;
            return error == null ? CompletableFuture.completedFuture(slots) : CompletableFuture.failedFuture(error);
        }

        @Override
        public void close() {
            closingBegun = true;
            try {
                closing.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public String toString() {
            return node.toString();
        }
    }
}
