package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What every store does alike. A store's test extends this and says how to make one. */
public abstract class LimitStoreContract {
    private static final int SCENARIOS_PER_FILE = 120;
    private static final int THREADS = 64;
    private static final long NOON_MICROS = 1_700_000_000_000_000L;

    private final ManualTicker ticker = new ManualTicker(NOON_MICROS);
    private final List<LimitStore> opened = new ArrayList<>();

    /** Makes a store whose time is that of the ticker. It is closed after the test. */
    protected abstract LimitStore newStore(Ticker ticker);

    @AfterEach
    final void closeStores() {
        opened.forEach(LimitStore::close);
    }

    private LimitStore store() {
        LimitStore store = newStore(ticker);
        opened.add(store);
        return store;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fixed-window",
                "sliding-log",
                "sliding-counter",
                "token-bucket",
                "leaky-bucket",
                "changed-limits"
            })
    void givesEveryFigureOfTheVectors(String file) {
        LimitStore store = store();
        int played = 0;
        for (JsonNode scenario : Vectors.scenarios(file + ".jsonl")) {
            new SingleKeyScenario(withAlgorithm(scenario, file), store, ticker).play();
            played++;
        }
        assertPlayedAll(played, file);
    }

    @Test
    void givesEveryFigureOfTheCombinedVectors() {
        LimitStore store = store();
        int played = 0;
        for (JsonNode scenario : Vectors.scenarios("combined.jsonl")) {
            new CombinedScenario(scenario, store, ticker).play();
            played++;
        }
        assertPlayedAll(played, "combined");
    }

    private static void assertPlayedAll(int played, String file) {
        assertThat(played)
                .as("scenarios played of %s", file)
                .isEqualTo(SCENARIOS_PER_FILE)
                .isEqualTo(Vectors.lines(file + ".jsonl").size());
    }

    private static JsonNode withAlgorithm(JsonNode scenario, String file) {
        assertThat(scenario.has("algorithm")).as("%s names its algorithm", file).isTrue();
        return scenario;
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void admitsExactlyTheCapacityFromManyThreads(Algorithm algorithm) throws Exception {
        LimitStore store = store();
        Demand demand = Demand.of(key(), Limit.parse("200/30d", algorithm), 1);

        List<Decision> decisions = fromManyThreads(2_000, () -> decide(store, Operation.Acquire.of(demand)));

        assertThat(decisions).filteredOn(Decision::allowed).hasSize(200);
        assertThat(decisions).filteredOn(decision -> !decision.allowed()).hasSize(1_800);
    }

    @Test
    void takesFromAllLimitsOrFromNoneUnderConcurrency() throws Exception {
        LimitStore store = store();
        String owner = owner();
        Demand first = Demand.of(new Key(owner, "a:fw1h"), Limit.parse("100/1h", Algorithm.FIXED_WINDOW), 1);
        Demand second = Demand.of(new Key(owner, "b:sl1h"), Limit.parse("70/1h", Algorithm.SLIDING_LOG), 1);
        Demand third = Demand.of(new Key(owner, "c:tb1h"), Limit.parse("90/1h"), 1);
        List<List<Demand>> orders =
                List.of(List.of(first, second, third), List.of(third, second, first), List.of(second, first, third));

        List<Decision> decisions = new ArrayList<>();
        for (List<Demand> order : orders) {
            decisions.addAll(fromManyThreads(60, () -> decide(store, new Operation.Acquire(order, List.of()))));
        }

        assertThat(decisions).filteredOn(Decision::allowed).hasSize(70);
        assertThat(decide(store, Operation.Peek.of(first)).remaining()).isEqualTo(30);
        assertThat(decide(store, Operation.Peek.of(second)).remaining()).isZero();
        assertThat(decide(store, Operation.Peek.of(third)).remaining()).isEqualTo(20);
    }

    @Test
    void leavesTheLimitsOfAllIdentitiesUntouchedWhenOneOfThemDenies() throws Exception {
        LimitStore store = store();
        for (long seed = 0; seed < 10; seed++) {
            List<Demand> limits = threeIdentities(new Random(seed));
            Random costs = new Random(seed);
            List<Long> drawn = new CopyOnWriteArrayList<>();
            List<Decision> decisions = fromManyThreads(200, () -> {
                long cost = 1L + Math.floorMod(costs.nextLong(), 5);
                List<Demand> asked =
                        limits.stream().map(limit -> limit.withCost(cost)).toList();
                Decision decision = decide(store, new Operation.Acquire(asked, List.of()));
                if (decision.allowed()) {
                    drawn.add(cost);
                }
                return decision;
            });

            long taken = drawn.stream().mapToLong(Long::longValue).sum();
            assertThat(decisions)
                    .as("seed %d", seed)
                    .anyMatch(Decision::allowed)
                    .anyMatch(one -> !one.allowed());
            for (Demand limit : limits) {
                assertThat(decide(store, Operation.Peek.of(limit)).remaining())
                        .as("of %s, of which %d were taken, seed %d", limit.limit(), taken, seed)
                        .isEqualTo(limit.limit().permits() - taken);
            }
        }
    }

    /** An address, a tenant and everybody, each under a limit of its own that lasts longer than the test. */
    private static List<Demand> threeIdentities(Random random) {
        List<Demand> demands = new ArrayList<>();
        List<Algorithm> windows = List.of(
                Algorithm.FIXED_WINDOW, Algorithm.SLIDING_LOG, Algorithm.SLIDING_COUNTER, Algorithm.TOKEN_BUCKET);
        for (String kind : List.of("ip", "tenant", "global")) {
            Limit limit = Limit.of(50 + random.nextInt(200), Duration.ofDays(30))
                    .withAlgorithm(windows.get(random.nextInt(windows.size())));
            demands.add(Demand.of(new Key(owner(), kind + ":" + limit.counterName()), limit, 1));
        }
        return demands;
    }

    @Test
    void asksWatchedLimitsOnlyIfTheEnforcedOnesAllow() {
        LimitStore store = store();
        String owner = owner();
        Demand enforced = Demand.of(new Key(owner, "enforced:fw1h"), Limit.parse("2/1h", Algorithm.FIXED_WINDOW), 1);
        Demand watched = Demand.of(new Key(owner, "watched:fw1h"), Limit.parse("1/1h", Algorithm.FIXED_WINDOW), 1);
        Operation both = new Operation.Acquire(List.of(enforced), List.of(watched));

        Decision first = decide(store, both);
        Decision second = decide(store, both);
        Decision third = decide(store, both);

        assertThat(first.allowed()).isTrue();
        assertThat(first.shadowAllowed()).isTrue();
        assertThat(second.allowed()).as("a watched limit denies nobody").isTrue();
        assertThat(second.shadowAllowed()).isFalse();
        assertThat(third.allowed()).isFalse();
        assertThat(third.shadow()).as("not asked").isEmpty();
        assertThat(decide(store, Operation.Peek.of(watched)).remaining()).isZero();
    }

    @Test
    void addsUpTheCostsOfEqualKeys() {
        LimitStore store = store();
        Demand demand = Demand.of(key(), Limit.parse("5/1h"), 3);

        Decision decision = decide(store, new Operation.Acquire(List.of(demand, demand), List.of()));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.retryAfter()).as("six of five: never").isEmpty();
    }

    @Test
    void givesBackWhatADecisionTook() {
        LimitStore store = store();
        Demand demand = Demand.of(key(), Limit.parse("5/1h", Algorithm.SLIDING_LOG), 3);
        Decision taken = decide(store, Operation.Acquire.of(demand));
        ticker.advance(Duration.ofSeconds(7));

        Decision refunded = decide(store, new Operation.Refund(taken.grants()));

        assertThat(taken.remaining()).isEqualTo(2);
        assertThat(refunded.remaining()).isEqualTo(5);
    }

    @Test
    void givesBackOnlyGrantsOfTheAllowed() {
        LimitStore store = store();
        Demand demand = Demand.of(key(), Limit.parse("2/1h"), 3);

        assertThat(decide(store, Operation.Acquire.of(demand)).grants()).isEqualTo(List.<Grant>of());
    }

    @Test
    void carriesOutSeveralOperationsOneAfterTheOther() {
        LimitStore store = store();
        Demand demand = Demand.of(key(), Limit.parse("10/1h", Algorithm.FIXED_WINDOW), 4);

        List<Decision> decisions = store.executeAll(List.of(
                        Operation.Charge.of(demand),
                        Operation.Acquire.of(demand),
                        Operation.Acquire.of(demand),
                        Operation.Peek.of(demand.withCost(2)),
                        new Operation.Reset(List.of(demand)),
                        Operation.Acquire.of(demand)))
                .toCompletableFuture()
                .join();

        assertThat(decisions).extracting(Decision::allowed).containsExactly(true, true, false, true, true, true);
        assertThat(decisions).extracting(Decision::remaining).containsExactly(6L, 2L, 2L, 2L, 10L, 6L);
    }

    protected static Decision decide(LimitStore store, Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }

    protected static Key key() {
        return new Key(owner(), "rule:test");
    }

    protected static String owner() {
        return UUID.randomUUID().toString();
    }

    protected static <T> List<T> fromManyThreads(int times, Callable<T> task) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(java.util.Collections.nCopies(times, task), 60, TimeUnit.SECONDS)) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
