package io.ratelimit.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a request that may have to pass several limits: allowed by all of them, or denied with nothing taken.
 *
 * <p>The figures shown to a client are those of the {@link #binding()} limit. Immutable and safe for any number of
 * threads. No method returns {@code null}.
 */
@CheckReturnValue
public final class Decision {
    private final Source source;
    private final List<LimitDecision> limits;
    private final List<LimitDecision> shadow;
    private final boolean allowed;
    private final LimitDecision binding;

    private Decision(List<LimitDecision> limits, List<LimitDecision> shadow) {
        this.limits = List.copyOf(limits);
        this.shadow = List.copyOf(shadow);
        this.allowed = allAllow(this.limits);
        List<LimitDecision> shown = limits.isEmpty() ? this.shadow : this.limits;
        this.binding = bindingOf(shown, allowed);
        this.source = allowed ? sourceOf(shown) : binding.source();
    }

    /**
     * Returns the decision that these limits make together.
     *
     * @param limits the enforced limits' answers in the order asked; may be empty only if there are shadow ones
     * @param shadow the answers of shadow limits, empty if they were not asked
     * @throws IllegalArgumentException if there is no answer at all
     */
    public static Decision of(List<LimitDecision> limits, List<LimitDecision> shadow) {
        if (limits.isEmpty() && shadow.isEmpty()) {
            throw new InvalidValueException("limits", "none", "the answer of at least one limit");
        }
        return new Decision(limits, shadow);
    }

    /** Returns the decision over both phases of one request: this one's limits and then the later one's. */
    public Decision followedBy(Decision later) {
        List<LimitDecision> allLimits = new ArrayList<>(limits);
        allLimits.addAll(later.limits);
        List<LimitDecision> allShadow = new ArrayList<>(shadow);
        allShadow.addAll(later.shadow);
        return new Decision(allLimits, allShadow);
    }

    /** Returns whether every enforced limit admits the request. */
    public boolean allowed() {
        return allowed;
    }

    /**
     * Returns what made the decision. Where the answers come from several sources, it is the one of a denial's binding limit;
     * of an admission the fallback if it had a part in it, and otherwise the first that counted.
     */
    public Source source() {
        return source;
    }

    /**
     * Returns the limit shown to the client: of a denial the one with the longest wait, otherwise the one with the least
     * share of its capacity left. Ties go to the first.
     */
    public LimitDecision binding() {
        return binding;
    }

    /** Returns the capacity of the binding limit. */
    public long limit() {
        return binding.limit().capacity();
    }

    /** Returns the whole permits left of the binding limit, from 0. */
    public long remaining() {
        return binding.remaining();
    }

    /** Returns how long to wait before the same request is admitted: zero if allowed, empty if no waiting helps. */
    public Optional<Duration> retryAfter() {
        return allowed ? Optional.of(Duration.ZERO) : binding.retryAfter();
    }

    /** Returns how long until the binding limit's counter is as good as new. */
    public Duration resetAfter() {
        return binding.resetAfter();
    }

    /** Returns how long the admitted request has to wait for its turn: the longest of all limits; zero if denied. */
    public Duration delay() {
        Duration longest = Duration.ZERO;
        if (allowed) {
            for (LimitDecision limit : limits) {
                if (limit.delay().compareTo(longest) > 0) {
                    longest = limit.delay();
                }
            }
        }
        return longest;
    }

    /** Returns the answers of the enforced limits, in the order asked. */
    public List<LimitDecision> limits() {
        return limits;
    }

    /** Returns the answers of the shadow limits; empty if there are none or they were not asked. */
    public List<LimitDecision> shadow() {
        return shadow;
    }

    /** Returns whether the shadow limits would have admitted the request; true if there are none. */
    public boolean shadowAllowed() {
        return allAllow(shadow);
    }

    /** Returns the permits that this decision took, of enforced and of shadow limits; none where it was made without counting. */
    public List<Grant> grants() {
        List<Grant> grants = new ArrayList<>();
        if (allowed) {
            addGrants(limits, grants);
            if (shadowAllowed()) {
                addGrants(shadow, grants);
            }
        }
        return grants;
    }

    private static void addGrants(List<LimitDecision> taken, List<Grant> grants) {
        for (LimitDecision limit : taken) {
            limit.grant().ifPresent(grants::add);
        }
    }

    private static Source sourceOf(List<LimitDecision> limits) {
        Source first = limits.get(0).source();
        for (LimitDecision limit : limits) {
            if (limit.source().equals(Source.FALLBACK)) {
                return limit.source();
            }
            if (first.equals(Source.FAILURE_POLICY)) {
                first = limit.source();
            }
        }
        return first;
    }

    private static boolean allAllow(List<LimitDecision> limits) {
        for (LimitDecision limit : limits) {
            if (!limit.allowed()) {
                return false;
            }
        }
        return true;
    }

    private static LimitDecision bindingOf(List<LimitDecision> limits, boolean allowed) {
        LimitDecision binding = null;
        for (LimitDecision limit : limits) {
            if (!allowed && limit.allowed()) {
                continue;
            }
            if (binding == null || (allowed ? limit.isTighterThan(binding) : waitsLonger(limit, binding))) {
                binding = limit;
            }
        }
        return binding == null ? limits.get(0) : binding;
    }

    private static boolean waitsLonger(LimitDecision limit, LimitDecision other) {
        return limit.retryAfterMicros() > other.retryAfterMicros();
    }

    @Override
    public String toString() {
        return (allowed ? "allowed" : "denied") + " by " + source + ", " + remaining() + " of " + limit() + " left";
    }
}
