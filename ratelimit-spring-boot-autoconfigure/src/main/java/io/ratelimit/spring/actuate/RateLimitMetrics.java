package io.ratelimit.spring.actuate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleDecision;
import io.ratelimit.RuleDecision.PerRule;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.identity.IdentityErrorListener;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts decisions: the timer {@code ratelimit.decision}, and the counters {@code ratelimit.requests}, {@code
 * ratelimit.backend.errors} and {@code ratelimit.errors}.
 *
 * <p>A rule is counted for a request if it was asked and its answer took part: a rule that would have admitted what another
 * one denied has taken nothing and is not counted. No meter has an identity as a tag, so that their number depends on the
 * configuration alone. Meters are looked up once and kept.
 *
 * <p>Safe for any number of threads.
 */
public final class RateLimitMetrics implements RateLimitListener, FailoverListener, IdentityErrorListener {
    private final MeterRegistry registry;
    private final Map<Outcome, Timer> decisions = new EnumMap<>(Outcome.class);
    private final Map<StoreException.Kind, Counter> backendErrors = new EnumMap<>(StoreException.Kind.class);
    private final Map<String, Map<String, Requests>> requests = new ConcurrentHashMap<>();
    private final Map<String, Counter> errors = new ConcurrentHashMap<>();

    private enum Outcome {
        ALLOWED,
        DENIED,
        SHADOW_DENIED,
        DELAYED,
        FAILED;

        String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Creates the meters.
     *
     * @param registry where they live
     * @param backend the name of the backend, such as {@code redis}
     */
    public RateLimitMetrics(MeterRegistry registry, String backend) {
        this.registry = registry;
        for (Outcome outcome : new Outcome[] {Outcome.ALLOWED, Outcome.DENIED, Outcome.FAILED}) {
            decisions.put(
                    outcome,
                    Timer.builder("ratelimit.decision")
                            .description(
                                    "Time from the question to the answer of one decision over all rules of a request")
                            .tag("backend", backend)
                            .tag("outcome", outcome.id())
                            .register(registry));
        }
        for (StoreException.Kind kind : StoreException.Kind.values()) {
            backendErrors.put(
                    kind,
                    Counter.builder("ratelimit.backend.errors")
                            .description("Calls that the backend could not answer")
                            .tag("kind", kind.id())
                            .register(registry));
        }
    }

    @Override
    public void decided(RuleDecision decision, Duration took) {
        Decision all = decision.decision();
        boolean failed = all.source().equals(Source.FAILURE_POLICY);
        Outcome outcome = failed ? Outcome.FAILED : all.allowed() ? Outcome.ALLOWED : Outcome.DENIED;
        Timer timer = decisions.get(outcome);
        if (timer != null) {
            timer.record(took);
        }
        for (PerRule rule : decision.rules()) {
            count(rule, all, failed);
        }
    }

    @Override
    public void failed(StoreException failure) {
        Counter counter = backendErrors.get(failure.kind());
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onIdentityError(String kind, Throwable failure) {
        error(kind);
    }

    /**
     * Counts a failure around decisions, most often of code of the application.
     *
     * @param kind what failed; one of few
     */
    public void error(String kind) {
        errors.computeIfAbsent(
                        kind,
                        name -> Counter.builder("ratelimit.errors")
                                .description(
                                        "Failures around decisions, such as of a resolver, that no request suffered from")
                                .tag("kind", name)
                                .register(registry))
                .increment();
    }

    private void count(PerRule rule, Decision all, boolean failed) {
        if (rule.limits().isEmpty() || (!rule.shadow() && !all.allowed() && rule.allowed())) {
            return;
        }
        Outcome outcome;
        if (failed) {
            outcome = Outcome.FAILED;
        } else if (!rule.allowed()) {
            outcome = rule.shadow() ? Outcome.SHADOW_DENIED : Outcome.DENIED;
        } else {
            outcome = !rule.shadow() && isDelayed(rule) ? Outcome.DELAYED : Outcome.ALLOWED;
        }
        String id = rule.demand().rule().id();
        String source = rule.limits().get(0).source().id();
        requests.computeIfAbsent(id, unused -> new ConcurrentHashMap<>())
                .computeIfAbsent(source, unused -> new Requests(registry, id, source))
                .count(algorithmOf(rule), outcome);
    }

    private static boolean isDelayed(PerRule rule) {
        for (LimitDecision limit : rule.limits()) {
            if (limit.verdict().delay() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Of several limits, that of the one that denied. */
    private static Algorithm algorithmOf(PerRule rule) {
        for (LimitDecision limit : rule.limits()) {
            if (!limit.allowed()) {
                return limit.limit().algorithm();
            }
        }
        return rule.limits().get(0).limit().algorithm();
    }

    /** The counters of one rule and source, created when first used. */
    private static final class Requests {
        private final MeterRegistry registry;
        private final String rule;
        private final String source;
        private final Map<Algorithm, Map<Outcome, Counter>> counters = new EnumMap<>(Algorithm.class);

        Requests(MeterRegistry registry, String rule, String source) {
            this.registry = registry;
            this.rule = rule;
            this.source = source;
            for (Algorithm algorithm : Algorithm.values()) {
                counters.put(algorithm, new ConcurrentHashMap<>());
            }
        }

        void count(Algorithm algorithm, Outcome outcome) {
            Map<Outcome, Counter> ofAlgorithm = counters.get(algorithm);
            if (ofAlgorithm != null) {
                ofAlgorithm
                        .computeIfAbsent(outcome, unused -> counter(algorithm, outcome))
                        .increment();
            }
        }

        private Counter counter(Algorithm algorithm, Outcome outcome) {
            return Counter.builder("ratelimit.requests")
                    .description("Requests by what a rule said about them")
                    .tag("rule", rule)
                    .tag("algorithm", algorithm.id())
                    .tag("outcome", outcome.id())
                    .tag("source", source)
                    .register(registry);
        }
    }
}
