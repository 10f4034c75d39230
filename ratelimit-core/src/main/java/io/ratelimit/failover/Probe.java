package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tries whether a shard decides again, with a write of its own: a replica or a full server would answer a read. The write
 * is to a counter apart from everybody's, which refills and disappears at once. By turns it is one of the owner whose call
 * the shard lost last, who is on the shard however few of the keys are, and one of nobody, because what that owner suffers
 * from may be the owner's alone.
 *
 * <p>Safe for any number of threads.
 */
final class Probe {
    private static final Limit LIMIT = Limit.parse("1000000/1s");
    /** No rule's id has a dot, so that this counts for nobody. */
    private static final String COUNTER = ".probe:" + LIMIT.counterName();
    /** Of a thousand shards that share the keys evenly, one in 22,000 is missed, and tried again later. */
    private static final int MOST_KEYS = 10_000;

    private final LimitStore store;
    private final Map<String, Key> lost = new ConcurrentHashMap<>();
    private final Map<String, Key> found = new ConcurrentHashMap<>();
    private final Set<String> askedForLost = ConcurrentHashMap.newKeySet();

    Probe(LimitStore store) {
        this.store = store;
    }

    /** Remembers whose keys the shard has, so that it is found again while it has them. */
    void remember(Key key) {
        lost.put(store.shardOf(key), new Key(key.owner(), COUNTER));
    }

    /** Asks the shard; empty if the store has no such shard, as far as can be seen. */
    Optional<CompletionStage<Decision>> ask(String shard) {
        return next(shard)
                .map(key -> StoreException.guard(
                        () -> store.execute(Operation.Charge.of(new Demand(key, LIMIT, 1, FailurePolicy.DENY)))));
    }

    /** Returns whether the store has the shard, as far as can be seen. */
    boolean finds(String shard) {
        return known(lost, shard).or(() -> anyOn(shard)).isPresent();
    }

    private Optional<Key> next(String shard) {
        Optional<Key> remembered = known(lost, shard);
        if (remembered.isPresent() && askedForLost.add(shard)) {
            return remembered;
        }
        askedForLost.remove(shard);
        return anyOn(shard).or(() -> remembered);
    }

    private Optional<Key> known(Map<String, Key> keys, String shard) {
        return Optional.ofNullable(keys.get(shard))
                .filter(key -> store.shardOf(key).equals(shard));
    }

    private Optional<Key> anyOn(String shard) {
        return known(found, shard).or(() -> search(shard));
    }

    private Optional<Key> search(String shard) {
        for (int i = 0; i < MOST_KEYS; i++) {
            Key key = new Key(UUID.randomUUID().toString(), COUNTER);
            if (store.shardOf(key).equals(shard)) {
                found.put(shard, key);
                return Optional.of(key);
            }
        }
        found.remove(shard);
        return Optional.empty();
    }
}
