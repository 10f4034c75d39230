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
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the fallback admitted and the store does not know: for each key the permits that have neither left their window nor
 * refilled since. They age by the limit's own arithmetic, in counters apart from those that decide, and go on to age while
 * they are being charged, so that one that the store refuses again and again does not grow old later.
 */
final class Debts {
    /** Enough for the largest batch where most of the shards are gone. */
    private static final int MOST_LOOKS = 1_000;

    private final int maxKeys;
    private final MemoryStore admitted;
    private final Map<Key, Debt> open = new ConcurrentHashMap<>();
    private final Map<Key, Debt> underway = new ConcurrentHashMap<>();
    private Iterator<Key> position = Collections.emptyIterator();

    /**
     * @param last what was admitted last
     * @param counter where what was admitted is counted: another one while an earlier debt of the key is being charged
     */
    private record Debt(Demand last, Key counter) {
        Demand counted() {
            return new Demand(counter, last.limit(), last.cost(), last.onFailure());
        }
    }

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
                Debt debt = new Debt(demand, known == null ? counterOf(key) : known.counter());
                admit(debt.counted());
                return debt;
            });
        }
    }

    /** Forgets what was given back. */
    void forgive(Grant grant) {
        open.computeIfPresent(grant.demand().key(), (key, known) -> {
            Demand returned = new Debt(grant.demand(), known.counter()).counted();
            Decision left = admitted.decide(
                    new Operation.Refund(List.of(new Grant(returned, grant.takenAt(), grant.source()))));
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

    /**
     * Returns up to so many of the keys that have debts, of those that can be charged. Each call goes on where the last one
     * ended, so that a debt that is refused again and again holds up no others, and looks at a bounded number of keys.
     *
     * <p>For one thread only.
     */
    List<Key> next(int most, Predicate<Key> chargeable) {
        List<Key> found = new ArrayList<>();
        for (int looked = 0; looked < MOST_LOOKS && found.size() < most; looked++) {
            if (!position.hasNext()) {
                position = open.keySet().iterator();
                if (looked > 0 || !position.hasNext()) {
                    break;
                }
            }
            Key key = position.next();
            if (chargeable.test(key)) {
                found.add(key);
            }
        }
        return found;
    }

    /** Forgets debts that were taken out, because the store knows them, or may. */
    void forgetTaken(List<Demand> debts) {
        for (Demand debt : debts) {
            Debt taken = underway.remove(debt.key());
            if (taken != null) {
                clear(taken);
            }
        }
    }

    /** Puts debts back that could not be charged. */
    void putBack(List<Demand> debts) {
        for (Demand debt : debts) {
            Debt taken = underway.remove(debt.key());
            if (taken != null && open.putIfAbsent(debt.key(), taken) != null) {
                clear(taken);
                note(debt);
            }
        }
    }

    /** Forgets the debts of these keys. */
    void forget(List<Key> keys) {
        keys.forEach(key -> open.computeIfPresent(key, (same, known) -> {
            clear(known);
            return null;
        }));
    }

    private Key counterOf(Key key) {
        Debt charging = underway.get(key);
        return charging == null || !charging.counter().equals(key) ? key : new Key(key.owner(), key.counter() + "'");
    }

    private @Nullable Demand take(Key key) {
        AtomicReference<@Nullable Demand> debt = new AtomicReference<>();
        open.computeIfPresent(key, (same, known) -> {
            long used = known.last().limit().capacity()
                    - admitted.decide(Operation.Peek.of(known.counted())).remaining();
            if (used > 0) {
                underway.put(key, known);
                debt.set(known.last().withCost(used));
            } else {
                clear(known);
            }
            return null;
        });
        return debt.get();
    }

    private void admit(Demand demand) {
        if (!admitted.decide(Operation.Charge.of(demand)).allowed()) {
            throw new IllegalStateException("A charge is never denied");
        }
    }

    private void clear(Debt debt) {
        if (!admitted.decide(new Operation.Reset(List.of(debt.counted()))).allowed()) {
            throw new IllegalStateException("A reset is never denied");
        }
    }
}
