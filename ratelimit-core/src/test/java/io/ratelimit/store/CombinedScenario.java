package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Plays one scenario of several limits that are decided as one. */
final class CombinedScenario {
    private final JsonNode scenario;
    private final LimitStore store;
    private final ManualTicker ticker;
    private final List<Limit> limits = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();

    CombinedScenario(JsonNode scenario, LimitStore store, ManualTicker ticker) {
        this.scenario = scenario;
        this.store = store;
        this.ticker = ticker;
        String owner = UUID.randomUUID().toString();
        for (JsonNode node : scenario.get("limits")) {
            Limit limit = Vectors.limit(node);
            keys.add(new Key(owner, "vector:" + limit.counterName() + "." + limits.size()));
            limits.add(limit);
        }
    }

    void play() {
        int number = 0;
        for (JsonNode step : scenario.get("steps")) {
            play(step, "%s step %d %s".formatted(scenario.get("id").asString(), number++, step));
        }
    }

    private void play(JsonNode step, String description) {
        ticker.set(step.get("atMicros").asLong());
        List<Demand> demands = new ArrayList<>();
        for (int i = 0; i < limits.size(); i++) {
            demands.add(Demand.of(keys.get(i), limits.get(i), step.get("cost").asLong()));
        }
        Decision decision = store.execute(new Operation.Acquire(demands, List.of()))
                .toCompletableFuture()
                .join();
        assertThat(decision.allowed())
                .as("allowed in %s", description)
                .isEqualTo(step.get("allowed").asBoolean());
        assertThat(micros(decision.delay()))
                .as("delay in %s", description)
                .isEqualTo(step.get("delayMicros").asLong());
        assertThat(decision.binding())
                .as("binding in %s", description)
                .isSameAs(decision.limits().get(step.get("binding").asInt()));
        for (int i = 0; i < limits.size(); i++) {
            compare(decision.limits().get(i), step.get("limits").get(i), "limit %d in %s".formatted(i, description));
        }
    }

    private static void compare(LimitDecision actual, JsonNode expected, String description) {
        assertThat(actual.allowed())
                .as("allowed of %s", description)
                .isEqualTo(expected.get("allowed").asBoolean());
        assertThat(actual.remaining())
                .as("remaining of %s", description)
                .isEqualTo(expected.get("remaining").asLong());
        assertThat(actual.retryAfter().map(CombinedScenario::micros).orElse(-1L))
                .as("retryAfter of %s", description)
                .isEqualTo(expected.get("retryAfterMicros").asLong());
        assertThat(micros(actual.resetAfter()))
                .as("resetAfter of %s", description)
                .isEqualTo(expected.get("resetAfterMicros").asLong());
        assertThat(micros(actual.delay()))
                .as("delay of %s", description)
                .isEqualTo(expected.get("delayMicros").asLong());
    }

    private static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    }
}
