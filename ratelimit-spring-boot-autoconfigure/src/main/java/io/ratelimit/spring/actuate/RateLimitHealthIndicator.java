package io.ratelimit.spring.actuate;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.StoreStatus;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells whether limits are decided as configured, from what is known already: it asks nobody.
 *
 * <p>Up while anything decides or admits, with {@code degraded: true} when that is not the backend, or not always; out of
 * service only while rules deny because the backend is gone. The store tries the backend by itself, so that this ends without
 * traffic.
 */
public final class RateLimitHealthIndicator implements HealthIndicator {
    private final String backend;
    private final LimitStore store;
    private final Mode mode;
    private final Supplier<List<Rule>> rules;

    /**
     * Creates an indicator.
     *
     * @param backend the name of the backend, such as {@code redis}
     * @param store who decides, and knows how it fares
     * @param mode the mode of everything: of it and a rule's the weaker wins
     * @param rules the rules in force; asked each time, because those of annotations become known at the start
     */
    public RateLimitHealthIndicator(String backend, LimitStore store, Mode mode, Supplier<List<Rule>> rules) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.store = Objects.requireNonNull(store, "store");
        this.mode = Objects.requireNonNull(mode, "mode");
        this.rules = Objects.requireNonNull(rules, "rules");
    }

    @Override
    public Health health() {
        StoreStatus status = store.status();
        Health.Builder health = isGone(status) && denies() ? Health.outOfService() : Health.up();
        health.withDetail("backend", backend).withDetail("degraded", status.degraded());
        status.details().forEach(health::withDetail);
        return health.build();
    }

    /** What still decides for most must not be taken out of service for the few that it loses. */
    private static boolean isGone(StoreStatus status) {
        Object circuit = status.details().get("circuit");
        return circuit != null && !circuit.equals(CircuitState.CLOSED.id());
    }

    private boolean denies() {
        return rules.get().stream().anyMatch(this::deniesWithoutBackend);
    }

    private boolean deniesWithoutBackend(Rule rule) {
        return rule.onFailure() == FailurePolicy.DENY && rule.mode().weaker(mode) == Mode.ENFORCE;
    }
}
