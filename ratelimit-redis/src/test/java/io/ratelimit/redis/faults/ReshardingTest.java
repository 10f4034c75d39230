package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.load.Entry;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Slots with their keys move between the masters of a cluster under load. */
class ReshardingTest {
    private static final int MASTERS = 3;
    private static final int KEYS = 60;
    private static final int ROUNDS = FaultScale.times(6, 100);
    private static final Limit HOURLY = Limit.parse("1000000/1h", Algorithm.FIXED_WINDOW);
    private static final Limit DAILY = Limit.parse("1000000/1d", Algorithm.FIXED_WINDOW);

    private final List<String> owners = ownersInSlotsOfTheirOwn();
    private int moved;

    private static List<String> ownersInSlotsOfTheirOwn() {
        Map<Integer, String> bySlot = new HashMap<>();
        while (bySlot.size() < KEYS) {
            String owner = UUID.randomUUID().toString();
            bySlot.put(SlotHash.getSlot(owner), owner);
        }
        return List.copyOf(bySlot.values());
    }

    @Test
    void countsEveryDecisionOverOneKeyExactlyAndWithoutTheFallback() {
        try (RedisCluster cluster = RedisCluster.ofMasters(MASTERS);
                Limiters limiters = Limiters.unhurried(() -> RedisLimitStore.cluster(cluster.uris()))) {
            limiters.warmUp();
            try (Load load = load(limiters, number -> Operation.Acquire.of(demand(number, HOURLY)))) {
                moveSlotsAround(cluster);
                Ledger ledger = load.stop();

                say("one key", limiters, ledger);
                assertThat(ledger.broken()).isEmpty();
                assertThat(ledger.count(entry -> entry.source().equals(Source.FALLBACK.id())))
                        .as("decisions of the fallback, failures %s", limiters.failures())
                        .isZero();
                for (int i = 0; i < KEYS; i++) {
                    assertCounted(limiters, ledger, demand(i, HOURLY));
                }
            }
        }
    }

    @Test
    void countsDecisionsOverSeveralKeysExactlyAndTellsThoseThatHadToWaitTooLong() {
        try (RedisCluster cluster = RedisCluster.ofMasters(MASTERS);
                Limiters limiters = Limiters.unhurried(() -> RedisLimitStore.cluster(cluster.uris()))) {
            limiters.warmUp();
            try (Load load =
                    load(limiters, number -> Operation.Acquire.of(demand(number, HOURLY), demand(number, DAILY)))) {
                moveSlotsAround(cluster);
                Ledger ledger = load.stop();

                say("two keys", limiters, ledger);
                long fallback = ledger.count(entry -> entry.source().equals(Source.FALLBACK.id()));
                assertThat(ledger.broken()).isEmpty();
                assertThat(limiters.failures().of(Kind.TRY_AGAIN))
                        .as("every decision of the fallback is told as try-again: %s", limiters.failures())
                        .isEqualTo(fallback);
                for (int i = 0; i < KEYS; i++) {
                    assertCounted(limiters, ledger, demand(i, HOURLY));
                    assertCounted(limiters, ledger, demand(i, DAILY));
                }
            }
        }
    }

    private interface Requests {
        Operation.Acquire request(long number);
    }

    private static Load load(Limiters limiters, Requests requests) {
        return Load.start(
                Load.Shape.usual(Duration.ofMinutes(5)),
                connection -> number -> limiters.decide(0, requests.request(number)));
    }

    /** What the fallback admitted was charged afterwards, with the next decision about the key at the latest. */
    private static void assertCounted(Limiters limiters, Ledger ledger, Demand demand) {
        long admitted = ledger.count(
                entry -> entry.key().equals(demand.key().owner()) && entry.outcome() == Entry.Outcome.ADMITTED);
        assertThat(limiters.peek(demand).remaining())
                .as("left of %s after %d were admitted", demand.limit(), admitted)
                .isEqualTo(demand.limit().permits() - admitted);
    }

    /** From the first master to the second, from the second to the third, and so on. */
    private void moveSlotsAround(RedisCluster cluster) {
        int[] places = owners.stream()
                .mapToInt(owner -> cluster.masterOf(SlotHash.getSlot(owner)))
                .toArray();
        for (int round = 0; round < ROUNDS; round++) {
            int from = round % MASTERS;
            int to = (from + 1) % MASTERS;
            for (int i = 0; i < KEYS; i++) {
                if (places[i] == from) {
                    cluster.move(SlotHash.getSlot(owners.get(i)), from, to);
                    places[i] = to;
                    moved++;
                }
            }
            cluster.awaitAgreement();
        }
    }

    private void say(String what, Limiters limiters, Ledger ledger) {
        System.out.printf(
                "fault resharding, %s: slots moved %d decisions %d fallback %.2f%% p99 %s slowest %s errors %s%n",
                what,
                moved,
                ledger.size(),
                100 * ledger.share(Source.FALLBACK.id()),
                FaultRun.millis(ledger.p99()),
                FaultRun.millis(ledger.slowest()),
                limiters.failures());
    }

    private Demand demand(long number, Limit limit) {
        String owner = owners.get((int) (number % KEYS));
        return Demand.of(new Key(owner, "reshard:" + limit.counterName()), limit, 1);
    }
}
