package io.ratelimit.spring.autoconfigure.health;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/** Boot's indicator of Redis, asked only where the application uses Redis. */
final class UnusedRedis {
    private static final Health UNUSED = Health.unknown()
            .withDetail(
                    "reason",
                    "No bean of the application uses this connection; rateLimit tells how the limiter's fares")
            .build();

    private UnusedRedis() {}

    static HealthIndicator unless(BooleanSupplier used, HealthIndicator indicator) {
        return new HealthIndicator() {
            @Override
            public @Nullable Health health() {
                return used.getAsBoolean() ? indicator.health() : UNUSED;
            }

            @Override
            public @Nullable Health health(boolean includeDetails) {
                return used.getAsBoolean()
                        ? indicator.health(includeDetails)
                        : HealthIndicator.super.health(includeDetails);
            }
        };
    }

    static ReactiveHealthIndicator unless(BooleanSupplier used, ReactiveHealthIndicator indicator) {
        return new ReactiveHealthIndicator() {
            @Override
            public Mono<Health> health() {
                return Mono.defer(() -> used.getAsBoolean() ? indicator.health() : Mono.just(UNUSED));
            }

            @Override
            public Mono<Health> health(boolean includeDetails) {
                return Mono.defer(() -> used.getAsBoolean()
                        ? indicator.health(includeDetails)
                        : ReactiveHealthIndicator.super.health(includeDetails));
            }
        };
    }
}
