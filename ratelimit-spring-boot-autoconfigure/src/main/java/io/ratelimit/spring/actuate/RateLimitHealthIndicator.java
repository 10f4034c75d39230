package io.ratelimit.spring.actuate;

import io.ratelimit.spring.actuate.BackendMonitor.Serving;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells whether limits are decided as configured, from what the last decisions told: it asks nobody.
 *
 * <p>Up while anything decides or admits, with {@code degraded: true} when that is not the backend; out of service only
 * while rules deny because the backend is gone.
 */
public final class RateLimitHealthIndicator implements HealthIndicator {
    private final BackendMonitor monitor;

    /** Creates an indicator of what a monitor knows. */
    public RateLimitHealthIndicator(BackendMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public Health health() {
        Serving serving = monitor.serving();
        Health.Builder health = serving == Serving.DENYING ? Health.outOfService() : Health.up();
        health.withDetail("backend", monitor.backend());
        health.withDetail("degraded", serving != Serving.BACKEND);
        if (serving != Serving.BACKEND) {
            health.withDetail("serving", serving == Serving.FALLBACK ? "fallback" : "failure-policy");
        }
        monitor.latency()
                .ifPresent(took -> health.withDetail("latencyMillis", Math.round(took.toNanos() / 1_000.0) / 1_000.0));
        return health.build();
    }
}
