package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom the sentinels name while a connection stands. */
class MasterWatchTest {
    private static final Node OLD = new Node("old", 6379);
    private static final Node NEW = new Node("new", 6379);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<Node, Master> masters = new ConcurrentHashMap<>();
    private final List<Sentinel> sentinels =
            Stream.generate(Sentinel::new).limit(3).toList();
    private final SentinelConnector connector = new SentinelConnector(
            List.copyOf(sentinels), "main", node -> masters.computeIfAbsent(node, Master::new), LONGEST);
    private final Link link = new Link(connector, timer, Link.warnings(System::nanoTime));
    private final AtomicInteger looks = new AtomicInteger();

    @BeforeEach
    void connect() {
        new SingleRouter(link, new MasterWatch(link, this::look, timer, Duration.ofMillis(10))).open();
        link.awaitFirstAttempt(LONGEST);
        assertThat(link.connection()).hasToString("old:6379");
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        link.close();
    }

    @Test
    void leavesAMasterThatMostSentinelsHaveReplacedThoughItStillAnswers() {
        sentinels.get(1).named = NEW;
        sentinels.get(2).named = NEW;

        await().untilAsserted(() -> assertThat(link.connection()).hasToString("new:6379"));
        ScriptConnection kept = link.connection();
        awaitLooks(5);
        assertThat(link.connection()).isSameAs(kept);
    }

    @Test
    void staysWhereOneSentinelAloneNamesAnother() {
        sentinels.get(0).named = NEW;

        awaitLooks(5);
        assertThat(link.connection()).hasToString("old:6379");
        assertThat(masters.get(OLD).connections).hasValue(1);
    }

    @Test
    void staysWhereTheOtherSentinelsAreSilent() {
        sentinels.get(0).named = null;
        sentinels.get(1).named = null;
        sentinels.get(2).named = NEW;

        awaitLooks(5);
        assertThat(link.connection()).hasToString("old:6379");
    }

    @Test
    void connectsWhereTheSentinelsLeadWhenTheyHaveChangedTheirMinds() throws InterruptedException {
        timer.shutdownNow();
        assertThat(timer.awaitTermination(LONGEST.toSeconds(), TimeUnit.SECONDS))
                .as("asked by the test alone")
                .isTrue();
        sentinels.forEach(sentinel -> sentinel.named = NEW);
        assertThat(connector.isElsewhere()).succeedsWithin(LONGEST);
        sentinels.forEach(sentinel -> sentinel.named = OLD);
        assertThat(connector.isElsewhere()).succeedsWithin(LONGEST);

        assertThat(connector.connect()).succeedsWithin(LONGEST).hasToString("old:6379");
    }

    @Test
    void staysWhereTheNewMasterCannotBeReached() {
        masters.put(NEW, new Master(NEW));
        masters.get(NEW).isGone = true;
        sentinels.forEach(sentinel -> sentinel.named = NEW);

        awaitLooks(5);
        assertThat(masters.get(OLD).connections).hasValue(1);

        masters.get(NEW).isGone = false;
        await().untilAsserted(() -> assertThat(link.connection()).hasToString("new:6379"));
    }

    private CompletionStage<Boolean> look() {
        looks.incrementAndGet();
        return connector.isElsewhere();
    }

    private void awaitLooks(int more) {
        int before = looks.get();
        await().until(() -> looks.get() >= before + more);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Names a master, or is gone. */
    private static final class Sentinel implements ScriptConnector {
        private volatile @Nullable Node named = OLD;

        @Override
        public CompletionStage<ScriptConnection> connect() {
            Node master = named;
            return master == null
                    ? CompletableFuture.failedFuture(new RedisConnectionException("gone"))
                    : CompletableFuture.completedFuture(new Answering(
                            "sentinel", List.of(text(master.host()), text(Integer.toString(master.port())))));
        }

        @Override
        public void close() {}
    }

    /** Calls itself master. */
    private static final class Master implements ScriptConnector {
        private final Node node;
        private final AtomicInteger connections = new AtomicInteger();
        private volatile boolean isGone;

        Master(Node node) {
            this.node = node;
        }

        @Override
        public CompletionStage<ScriptConnection> connect() {
            if (isGone) {
                return CompletableFuture.failedFuture(new RedisConnectionException("gone"));
            }
            connections.incrementAndGet();
            return CompletableFuture.completedFuture(new Answering(node.toString(), List.of(text("master"))));
        }

        @Override
        public void close() {}
    }

    private static final class Answering extends SilentConnection {
        private final String name;
        private final List<Object> answer;

        Answering(String name, List<Object> answer) {
            this.name = name;
            this.answer = answer;
        }

        @Override
        public CompletionStage<List<Object>> ask(CommandType command, String... words) {
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
