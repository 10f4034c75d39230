package io.ratelimit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;

class RateLimitHealthIndicatorTest {
    /** A store that fares so. */
    private record Faring(StoreStatus status) implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({
        "false, closed, LOCAL, UP",
        "true, closed, LOCAL, UP",
        "true, closed, DENY, UP",
        "true, open, LOCAL, UP",
        "true, open, DENY, OUT_OF_SERVICE",
        "true, half-open, DENY, OUT_OF_SERVICE"
    })
    void isOutOfServiceOnlyWhileRulesDenyBecauseTheBackendIsGone(
            boolean degraded, String circuit, FailurePolicy onFailure, String status) {
        Rule rule =
                Rule.named("a").limits(Limit.parse("5/1h")).onFailure(onFailure).build();
        Health health = new RateLimitHealthIndicator(
                        "redis",
                        new Faring(new StoreStatus(degraded, Map.of("circuit", circuit))),
                        Mode.ENFORCE,
                        () -> List.of(rule))
                .health();
        assertThat(health.getStatus().getCode()).isEqualTo(status);
        assertThat(health.getDetails())
                .containsEntry("backend", "redis")
                .containsEntry("degraded", degraded)
                .containsEntry("circuit", circuit);
    }
}
