package io.ratelimit.spring.actuate;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells whether limits are decided as configured, from what is known already: it asks nobody.
 *
 * <p>Up while anything decides or admits, with {@code degraded: true} when that is not the backend; out of service only
 * while rules deny because the backend is gone. The store tries the backend by itself, so that this ends without traffic.
 */
public final class RateLimitHealthIndicator implements HealthIndicator {
    private final String backend;
    private final @Nullable FailoverStore store;
    private final Mode mode;
    private final Supplier<List<Rule>> rules;

    /**
     * Creates an indicator.
     *
     * @param backend the name of the backend, such as {@code redis}
     * @param store the store, if it is one that can lose its backend
     * @param mode the mode of everything: of it and a rule's the weaker wins
     * @param rules the rules in force; asked each time, because those of annotations become known at the start
     */
    public RateLimitHealthIndicator(
            String backend, @Nullable FailoverStore store, Mode mode, Supplier<List<Rule>> rules) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.store = store;
        this.mode = Objects.requireNonNull(mode, "mode");
        this.rules = Objects.requireNonNull(rules, "rules");
    }

    @Override
    public Health health() {
        FailoverStore failover = store;
        CircuitState circuit = failover == null ? CircuitState.CLOSED : failover.circuitState();
        boolean degraded = circuit != CircuitState.CLOSED;
        Health.Builder health = degraded && denies() ? Health.outOfService() : Health.up();
        health.withDetail("backend", backend).withDetail("degraded", degraded);
        if (failover != null) {
            health.withDetail("circuit", circuit.id());
            if (failover.instances() > 0) {
                health.withDetail("instances", failover.instances());
            }
            Duration latency = failover.lastLatency();
            if (!latency.isZero()) {
                health.withDetail("latencyMillis", Math.round(latency.toNanos() / 1_000.0) / 1_000.0);
            }
        }
        return health.build();
    }

    private boolean denies() {
        return rules.get().stream().anyMatch(this::deniesWithoutBackend);
    }

    private boolean deniesWithoutBackend(Rule rule) {
        return rule.onFailure() == FailurePolicy.DENY && rule.mode().weaker(mode) == Mode.ENFORCE;
    }
}
