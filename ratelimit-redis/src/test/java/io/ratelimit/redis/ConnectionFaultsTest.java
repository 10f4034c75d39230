package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFaultsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration HEALED = Duration.ofSeconds(10);
    private static final Duration LOAD = Duration.ofSeconds(3);

    /** Calls fail for the milliseconds that a reconnection takes; this allows for 600 of 3,000. */
    private static final double LARGEST_SHARE = 0.2;

    private static final List<Algorithm> ALGORITHMS = List.of(Algorithm.values());

    private final RedisFixture redis = RedisFixture.shared();
    private final TcpProxy proxy = TcpProxy.to(redis);
    private final Demand demand = TestStores.demand("1000000/1h", Algorithm.FIXED_WINDOW);
    private final List<LimitStore> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(LimitStore::close);
        proxy.close();
    }

    private LimitStore store() {
        LimitStore store = TestStores.through(proxy).timeout(TIMEOUT).build();
        opened.add(store);
        return store;
    }

    @Test
    void takesOneRoundTripForAnOperationOverManyLimits() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        List<Demand> many = IntStream.range(0, 12)
                .mapToObj(i -> TestStores.demand("5/1m", ALGORITHMS.get(i % ALGORITHMS.size())))
                .toList();
        long before = proxy.roundTrips();

        Decision decision = TestStores.decide(store, new Operation.Acquire(many, List.of(demand)));

        assertThat(decision.limits()).hasSize(12);
        assertThat(decision.shadow()).hasSize(1);
        assertThat(proxy.roundTrips() - before).isEqualTo(1);
        assertThat(proxy.requests()).last().isEqualTo("EVALSHA");
    }

    @Test
    void takesOneRoundTripForSeveralOperations() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        long before = proxy.roundTrips();

        List<Decision> decisions = store.executeAll(
                        List.of(Operation.Acquire.of(demand), Operation.Peek.of(demand), Operation.Charge.of(demand)))
                .toCompletableFuture()
                .join();

        assertThat(decisions).hasSize(3);
        assertThat(proxy.roundTrips() - before).isEqualTo(1);
    }

    @Test
    void failsAtOnceWhileRedisIsGoneAndComesBackByItself() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        proxy.refuse();
        await().atMost(HEALED).until(() -> !TestStores.isServed(store, demand));

        for (int i = 0; i < 100; i++) {
            long begun = System.nanoTime();
            assertThat(TestStores.failure(store, demand).kind()).isEqualTo(Kind.CONNECTION);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT);
        }
        proxy.accept();
        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @Test
    void attachesToARedisThatStartsLater() {
        proxy.refuse();
        LimitStore store = store();
        assertThat(TestStores.failure(store, demand).kind()).isEqualTo(Kind.CONNECTION);

        proxy.accept();

        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @Test
    void isBuiltWithinTheConnectTimeoutWhenRedisAcceptsButIsSilent() {
        proxy.stall();
        long begun = System.nanoTime();

        LimitStore store = TestStores.through(proxy)
                .timeout(TIMEOUT)
                .connectTimeout(Duration.ofMillis(400))
                .build();
        opened.add(store);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        assertThat(TestStores.isServed(store, demand)).isFalse();
        proxy.resume();
        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @Test
    void failsWithinTheTimeoutWhenRedisIsSilentAndComesBackByItself() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        proxy.stall();
        long begun = System.nanoTime();

        StoreException failure = TestStores.failure(store, demand);

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(TIMEOUT, TIMEOUT.plusMillis(500));
        proxy.resume();
        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @Test
    void neverSendsALostCallAgain() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        long sent = 1;
        for (int round = 0; round < 3; round++) {
            proxy.delayReplies(() -> Duration.ofMinutes(1));
            List<CompletableFuture<Decision>> lost = IntStream.range(0, 20)
                    .mapToObj(i -> store.execute(Operation.Acquire.of(demand)).toCompletableFuture())
                    .toList();
            sent += lost.size();
            assertThat(lost).allSatisfy(call -> assertThat(kindOf(call)).isIn(Kind.TIMEOUT, Kind.CONNECTION));
            proxy.passReplies();
            // Peeks, which take nothing.
            await().atMost(HEALED).until(() -> isAnswered(store));
            TestStores.acquire(store, demand);
            sent++;
        }
        Decision now = TestStores.decide(store, Operation.Peek.of(demand));
        assertThat(now.limit() - now.remaining()).as("permits taken").isBetween(sent - 10, sent);
    }

    @Test
    void turnsAwayWhatIsTooMuchForOneConnectionAndKeepsWhatIsInFlight() {
        LimitStore store = TestStores.through(proxy).timeout(TestStores.PATIENT).build();
        opened.add(store);
        TestStores.acquire(store, demand);
        proxy.stall();
        List<CompletableFuture<Decision>> calls = IntStream.range(0, 10_500)
                .mapToObj(i -> store.execute(Operation.Peek.of(demand)).toCompletableFuture())
                .toList();
        await().until(() -> calls.stream().anyMatch(CompletableFuture::isCompletedExceptionally));

        proxy.resume();

        await().atMost(HEALED).until(() -> calls.stream().allMatch(CompletableFuture::isDone));
        assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSizeBetween(400, 500)
                .allSatisfy(call -> assertThat(failureOf(call)).satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
                    assertThat(failure.fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
                }));
    }

    private boolean isAnswered(LimitStore store) {
        try {
            return TestStores.decide(store, Operation.Peek.of(demand)).allowed();
        } catch (CompletionException notYet) {
            return false;
        }
    }

    @Test
    void failsAllCallsInFlightWhenTheConnectionIsCut() {
        LimitStore store = TestStores.through(proxy).timeout(TestStores.PATIENT).build();
        opened.add(store);
        TestStores.acquire(store, demand);
        proxy.stall();
        List<CompletableFuture<Decision>> calls = IntStream.range(0, 50)
                .mapToObj(i -> store.execute(Operation.Acquire.of(demand)).toCompletableFuture())
                .toList();
        long begun = System.nanoTime();

        proxy.cut();

        assertThat(calls)
                .extracting(ConnectionFaultsTest::failureOf)
                .allSatisfy(failure -> assertThat(failure.kind()).isEqualTo(Kind.CONNECTION))
                .extracting(StoreException::incident)
                .as("one incident")
                .doesNotContainNull()
                .containsOnly(failureOf(calls.get(0)).incident());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        proxy.resume();
    }

    @Test
    void failsCallsUntilTheNextAttemptWithTheIncidentOfThoseInFlight() {
        LimitStore store = TestStores.through(proxy)
                .timeout(TestStores.PATIENT)
                .connectTimeout(TestStores.PATIENT)
                .build();
        opened.add(store);
        TestStores.acquire(store, demand);
        proxy.stall();
        CompletableFuture<Decision> inFlight =
                store.execute(Operation.Acquire.of(demand)).toCompletableFuture();
        // The greeting on the next connection is not answered either, so that there is none.
        proxy.cut();
        StoreException lost = failureOf(inFlight);
        await().atMost(HEALED).until(() -> proxy.accepted() >= 2);

        StoreException absent = TestStores.failure(store, demand);

        assertThat(lost.fate()).isEqualTo(Fate.UNKNOWN);
        assertThat(absent.fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
        assertThat(absent.incident()).isNotNull().isSameAs(lost.incident());
        proxy.resume();
    }

    @Test
    void isOneFailureForTheCircuitWhenTheConnectionIsCutUnderLoad() throws InterruptedException {
        LimitStore store = TestStores.through(proxy)
                .timeout(TestStores.PATIENT)
                .connectTimeout(TestStores.PATIENT)
                .build();
        // An open circuit would stay open to the end of the load, which no slow machine can then tell from a closed
        // one.
        FailoverStore failover = FailoverStore.around(store)
                .settings(new FailoverSettings(3, Duration.ofSeconds(8), FailoverSettings.LONGEST_PAUSE, 1000))
                .build();
        opened.add(failover);
        TestStores.acquire(failover, demand);
        AtomicInteger decided = new AtomicInteger();
        AtomicInteger byFallback = new AtomicInteger();
        Runnable load = () -> {
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < LOAD.toNanos()) {
                Decision decision = TestStores.acquire(failover, demand);
                decided.incrementAndGet();
                if (decision.source().equals(Source.FALLBACK)) {
                    byFallback.incrementAndGet();
                }
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        };
        List<Thread> threads =
                IntStream.range(0, 4).mapToObj(i -> new Thread(load)).toList();
        threads.forEach(Thread::start);
        await().atMost(HEALED).until(() -> decided.get() > 50);

        proxy.cut();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failover.circuitState()).isEqualTo(CircuitState.CLOSED);
        assertThat(proxy.accepted()).as("connections").isGreaterThanOrEqualTo(2);
        assertThat((double) byFallback.get() / decided.get())
                .as("share of the fallback: %s of %s decisions", byFallback, decided)
                .isLessThan(LARGEST_SHARE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
                "+OK\r\n",
                ":1\r\n",
                "*2\r\n:1\r\n:2\r\n",
                "*6\r\n:7\r\n:-5\r\n:0\r\n:0\r\n:0\r\n:0\r\n",
                "*6\r\n$1\r\nx\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
                "$-1\r\n",
                "*-1\r\n",
                "\0\0\0\0\0\0\0",
                "*1000000000\r\n:1\r\n"
            })
    void dropsAConnectionThatAnswersNonsense(String nonsense) {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        proxy.insteadOfReplies(nonsense.getBytes(StandardCharsets.ISO_8859_1));

        StoreException failure = TestStores.failure(store, demand);

        assertThat(failure.kind()).isIn(Kind.OTHER, Kind.CONNECTION, Kind.TIMEOUT);
        int accepted = proxy.accepted();
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(3))
                .until(() -> proxy.accepted() - accepted < 20);
        proxy.passReplies();
        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @Test
    void saysThatAReplyOfTheWrongShapeIsNotOneOfTheScript() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        proxy.insteadOfReplies("*2\r\n:1\r\n:2\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(TestStores.failure(store, demand))
                .hasMessage("Redis: a reply of 2 integers that the script never gives")
                .extracting(StoreException::kind)
                .isEqualTo(Kind.OTHER);
    }

    @Test
    void attachesAgainEachTimeTheConnectionIsReset() {
        LimitStore store = store();
        for (int i = 0; i < 20; i++) {
            await().atMost(HEALED).pollInterval(Duration.ofMillis(2)).until(() -> TestStores.isServed(store, demand));
            proxy.cut();
        }
    }

    @Test
    void waitsLongerAndLongerBetweenAttempts() {
        proxy.refuse();
        LimitStore store = store();
        proxy.insteadOfReplies(new byte[0]);
        proxy.accept();
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(2)).until(() -> proxy.accepted() < 12);
        assertThat(TestStores.isServed(store, demand)).isFalse();
    }

    @Test
    void failsOperationsAfterItIsClosed() {
        LimitStore store = store();
        TestStores.acquire(store, demand);
        store.close();
        assertThat(TestStores.failure(store, demand).kind()).isEqualTo(Kind.CONNECTION);
    }

    private static Kind kindOf(CompletableFuture<Decision> call) {
        return failureOf(call).kind();
    }

    private static StoreException failureOf(CompletableFuture<Decision> call) {
        try {
            throw new AssertionError("expected a failure but was " + call.join());
        } catch (CompletionException e) {
            return (StoreException) e.getCause();
        }
    }
}
