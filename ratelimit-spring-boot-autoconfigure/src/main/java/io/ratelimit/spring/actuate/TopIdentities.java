package io.ratelimit.spring.actuate;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleDecision;
import io.ratelimit.RuleDecision.PerRule;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Knows which identities ask most and are denied most under each rule, in bounded memory: a count is at most what it was
 * plus that of the least frequent one, and whoever makes up a larger share than one in {@value #KEPT} is among them. Names
 * them by their digests.
 *
 * <p>Safe for any number of threads. A decision that would have to wait for another is left out, which spares the hot path
 * and leaves the order nearly as it is.
 */
public final class TopIdentities implements RateLimitListener {
    private static final int KEPT = 256;
    private static final int SHOWN = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Counts requests = new Counts();
    private final Counts denials = new Counts();

    /**
     * One identity under one rule.
     *
     * @param rule the rule's id
     * @param identity the digest of the identity
     */
    private record Who(String rule, String identity) {}

    /**
     * One of the most frequent.
     *
     * @param rule the rule's id
     * @param identity the digest of the identity
     * @param count how often, at most
     */
    public record Frequent(String rule, String identity, long count) {}

    /**
     * The most frequent since the start.
     *
     * @param requests who asks most
     * @param denials who is denied most
     */
    public record Top(List<Frequent> requests, List<Frequent> denials) {}

    @Override
    public void decided(RuleDecision decision, Duration took) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            for (PerRule rule : decision.rules()) {
                Who who = new Who(rule.demand().rule().id(), rule.demand().owner());
                requests.add(who);
                if (!rule.allowed() && !rule.shadow()) {
                    denials.add(who);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the most frequent, the first of all first. */
    Top top() {
        lock.lock();
        try {
            return new Top(requests.most(), denials.most());
        } finally {
            lock.unlock();
        }
    }

    /** The "space saving" count of Metwally, Agrawal and El Abbadi (2005): a newcomer takes over the least frequent place. */
    private static final class Counts {
        private final Map<Who, Long> counts = new HashMap<>();

        void add(Who who) {
            Long known = counts.get(who);
            if (known != null) {
                counts.put(who, known + 1);
            } else if (counts.size() < KEPT) {
                counts.put(who, 1L);
            } else {
                replaceLeast(who);
            }
        }

        private void replaceLeast(Who newcomer) {
            Map.@Nullable Entry<Who, Long> least = null;
            for (Map.Entry<Who, Long> entry : counts.entrySet()) {
                if (least == null || entry.getValue() < least.getValue()) {
                    least = entry;
                }
            }
            if (least != null) {
                long count = least.getValue();
                counts.remove(least.getKey());
                counts.put(newcomer, count + 1);
            }
        }

        List<Frequent> most() {
            return counts.entrySet().stream()
                    .sorted(Map.Entry.<Who, Long>comparingByValue(Comparator.reverseOrder()))
                    .limit(SHOWN)
                    .map(entry ->
                            new Frequent(entry.getKey().rule(), entry.getKey().identity(), entry.getValue()))
                    .toList();
        }
    }
}
