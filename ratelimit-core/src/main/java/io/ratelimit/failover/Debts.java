package io.ratelimit.failover;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.Usage;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the fallback admitted and the store does not know: for each key the permits that have neither left their window nor
 * refilled since. They age by the limit's own arithmetic, apart from the counters that decide, and go on to age while they
 * are being charged, so that one that the store refuses again and again does not grow old later.
 *
 * <p>Safe for any number of threads. When there are as many as may be, those that have aged away go when others come, and
 * then the one that loses least: of a few, the one with the smallest part of its capacity used. That of a key that has used up
 * its whole limit never goes: where a few looked at are all of that kind, newcomers are not noted.
 */
final class Debts {
    private static final Logger log = LoggerFactory.getLogger(Debts.class);
    private static final int SAMPLED = 16;

    private final int maxKeys;
    private final Ticker ticker;
    private final WarningBudget warnings = new WarningBudget(Duration.ofMinutes(1), System::nanoTime);
    private long lost;
    private final ConcurrentMap<Key, Debt> open = new ConcurrentHashMap<>();
    private final Map<Key, Debt> underway = new ConcurrentHashMap<>();
    private final Rounds<Key, Debt> charging = new Rounds<>(open);
    private final Rounds<Key, Debt> forgetting = new Rounds<>(open);

    /**
     * @param last what was admitted last
     * @param usage all that was admitted and still counts
     */
    private record Debt(Demand last, Usage usage) {
        /** Returns the part of the capacity that is used at an instant; 0 if none is any more. */
        double share(long micros) {
            return (double) usage.permits(micros) / last.limit().capacity();
        }

        /** Adds what was taken at a tick of its limit. */
        Debt plus(Demand demand, long at) {
            return new Debt(demand, usage.plus(demand, at));
        }
    }

    Debts(int maxKeys, Ticker ticker) {
        this.maxKeys = maxKeys;
        this.ticker = ticker;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Notes what the fallback admitted, in the terms of the whole limit, at the instant at which it was taken. */
    void note(Grant grant) {
        Demand demand = grant.demand();
        if (open.size() < maxKeys || open.containsKey(demand.key()) || makeRoom()) {
            open.compute(demand.key(), (key, known) -> {
                Debt before = known == null ? new Debt(demand, Usage.none(demand.limit())) : known;
                return before.plus(demand, grant.takenAt());
            });
        }
    }

    /** Looks at a few debts for each that is new, so that the forgotten keep up with the noted. */
    private boolean makeRoom() {
        long now = ticker.epochMicros();
        synchronized (forgetting) {
            Map.Entry<Key, Debt> least = null;
            double leastShare = 1;
            for (int i = 0; i < SAMPLED; i++) {
                Map.Entry<Key, Debt> entry = forgetting.next();
                if (entry == null) {
                    break;
                }
                double share = entry.getValue().share(now);
                if (share == 0) {
                    open.remove(entry.getKey(), entry.getValue());
                } else if (share < leastShare) {
                    least = entry;
                    leastShare = share;
                }
            }
            if (open.size() < maxKeys) {
                return true;
            }
            lost++;
            if (warnings.spend()) {
                log.warn(
                        "More keys are used while the rate limit backend is gone than there is room for: what {} of them"
                                + " used will not be charged to it afterwards (expected: fewer keys, or a larger"
                                + " max-keys and heap)",
                        lost);
            }
            if (least != null) {
                // It may have gone or changed since; one too many now and then is no matter.
                open.remove(least.getKey(), least.getValue());
            }
            return least != null;
        }
    }

    /** Forgets what was given back. */
    void forgive(Grant grant) {
        open.computeIfPresent(grant.demand().key(), (key, known) -> {
            long now = ticker.epochMicros();
            Usage left = known.usage().minus(grant, now);
            return left.permits(now) == 0 ? null : new Debt(known.last(), left);
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

    /** Returns what a key owes beside what is being charged of it; {@code null} if that is nothing. */
    @Nullable
    Demand of(Key key) {
        Debt debt = open.get(key);
        long used = debt == null ? 0 : debt.usage().permits(ticker.epochMicros());
        return debt == null || used == 0 ? null : debt.last().withCost(used);
    }

    /**
     * Returns up to so many of the keys that have debts, of those that can be charged. Each call goes on where the last one
     * ended, so that a debt that is refused again and again holds up no others.
     *
     * <p>For one thread only.
     *
     * @param longestLook how many of the keys are looked at, at most
     */
    List<Key> next(int most, int longestLook, Predicate<Key> chargeable) {
        Set<Key> found = new LinkedHashSet<>();
        // What is left of one round, and another one: rounds begun before the map has grown go in another order.
        int looks = Math.min(longestLook, 2 * open.size());
        for (int looked = 0; looked < looks && found.size() < most; looked++) {
            Map.Entry<Key, Debt> entry = charging.next();
            if (entry != null && chargeable.test(entry.getKey())) {
                found.add(entry.getKey());
            }
        }
        return List.copyOf(found);
    }

    /** Forgets debts that were taken out, because the store knows them, or may. */
    void forgetTaken(List<Demand> debts) {
        debts.forEach(debt -> underway.remove(debt.key()));
    }

    /** Puts debts back that could not be charged. */
    void putBack(List<Demand> debts) {
        for (Demand debt : debts) {
            Debt taken = underway.remove(debt.key());
            if (taken != null) {
                open.merge(debt.key(), taken, this::sum);
            }
        }
    }

    /** Forgets the debts of these keys, also those that are taken out and might be put back. */
    void forget(List<Key> keys) {
        underway.keySet().removeAll(keys);
        open.keySet().removeAll(keys);
    }

    private Debt sum(Debt newer, Debt older) {
        long now = ticker.epochMicros();
        long used = older.usage().permits(now);
        Demand last = newer.last();
        return used == 0
                ? newer
                : newer.plus(last.withCost(used), last.limit().tickUnit().fromMicros(now));
    }

    private @Nullable Demand take(Key key) {
        AtomicReference<@Nullable Demand> debt = new AtomicReference<>();
        open.computeIfPresent(key, (same, known) -> {
            long used = known.usage().permits(ticker.epochMicros());
            if (used > 0) {
                underway.put(key, known);
                debt.set(known.last().withCost(used));
            }
            return null;
        });
        return debt.get();
    }
}
