package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the fallback admitted and the store does not know: for each key the permits that have neither left their window nor
 * refilled since. They age by the limit's own arithmetic, in counters apart from those that decide.
 */
final class Debts {
    private final int maxKeys;
    private final MemoryStore admitted;
    private final Map<Key, Demand> open = new ConcurrentHashMap<>();

    Debts(int maxKeys, Ticker ticker) {
        this.maxKeys = maxKeys;
        this.admitted = MemoryStore.of(ticker, maxKeys, Source.FALLBACK);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Notes what the fallback admitted, in the terms of the whole limit. */
    void note(Demand demand) {
        if (open.size() < maxKeys || open.containsKey(demand.key())) {
            open.compute(demand.key(), (key, known) -> {
                admit(demand);
                return demand;
            });
        }
    }

    /** Forgets what was given back. */
    void forgive(Grant grant) {
        open.computeIfPresent(grant.demand().key(), (key, known) -> {
            Decision left = admitted.decide(new Operation.Refund(List.of(grant)));
            return left.resetAfter().isZero() ? null : known;
        });
    }

    /** Takes the debts of these keys out, to be charged; empty if there are none. */
    List<Demand> take(List<Key> keys) {
        List<Demand> taken = new ArrayList<>();
        for (Key key : keys) {
            Demand debt = take(key);
            if (debt != null) {
                taken.add(debt);
            }
        }
        return taken;
    }

    boolean contains(Key key) {
        return open.containsKey(key);
    }

    /** Returns up to so many of the keys that have debts, of those that can be charged. */
    List<Key> keys(int most, Predicate<Key> chargeable) {
        return open.keySet().stream().filter(chargeable).limit(most).toList();
    }

    /** Puts debts back that could not be charged. */
    void putBack(List<Demand> debts) {
        debts.forEach(this::note);
    }

    private @Nullable Demand take(Key key) {
        AtomicReference<@Nullable Demand> debt = new AtomicReference<>();
        open.computeIfPresent(key, (same, known) -> {
            debt.set(debtOf(known));
            return null;
        });
        return debt.get();
    }

    private @Nullable Demand debtOf(Demand known) {
        Decision state = admitted.decide(Operation.Peek.of(known));
        Decision forgotten = admitted.decide(new Operation.Reset(List.of(known)));
        long used = forgotten.remaining() - state.remaining();
        return used > 0 ? known.withCost(used) : null;
    }

    private void admit(Demand demand) {
        if (!admitted.decide(Operation.Charge.of(demand)).allowed()) {
            throw new IllegalStateException("A charge is never denied");
        }
    }
}
