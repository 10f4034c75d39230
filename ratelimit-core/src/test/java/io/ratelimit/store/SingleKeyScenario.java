package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Plays one scenario of a vector file on a fresh key and compares every figure. */
final class SingleKeyScenario {
    private final JsonNode scenario;
    private final LimitStore store;
    private final ManualTicker ticker;
    private final Algorithm algorithm;
    private final long windowMicros;
    private final Key key;
    private Limit limit;

    SingleKeyScenario(JsonNode scenario, LimitStore store, ManualTicker ticker) {
        this.scenario = scenario;
        this.store = store;
        this.ticker = ticker;
        this.algorithm = Algorithm.parse(scenario.get("algorithm").asString());
        this.windowMicros = scenario.get("windowMicros").asLong();
        this.limit = Vectors.limit(scenario, algorithm, windowMicros);
        this.key = new Key(UUID.randomUUID().toString(), "vector:" + limit.counterName());
    }

    void play() {
        assertThat(limit.tickUnit().micros())
                .as("tick of %s", scenario.get("id"))
                .isEqualTo(scenario.get("tickMicros").asLong());
        int number = 0;
        for (JsonNode step : scenario.get("steps")) {
            play(step, "%s step %d %s".formatted(scenario.get("id").asString(), number++, step));
        }
    }

    private void play(JsonNode step, String description) {
        ticker.set(step.get("at").asLong() * limit.tickUnit().micros());
        if (step.get("op").asString().equals("limit")) {
            limit = Vectors.limit(step, algorithm, windowMicros);
            return;
        }
        LimitDecision decision = store.execute(operation(step))
                .toCompletableFuture()
                .join()
                .limits()
                .get(0);
        Verdict verdict = decision.verdict();
        expect(step, "remaining", verdict.remaining(), description);
        expect(step, "resetAfter", verdict.resetAfter(), description);
        expect(step, "delay", verdict.delay(), description);
        expect(step, "retryAfter", verdict.never() ? -1 : verdict.retryAfter(), description);
        if (step.has("allowed")) {
            assertThat(verdict.allowed())
                    .as("allowed in %s", description)
                    .isEqualTo(step.get("allowed").asBoolean());
        }
    }

    private Operation operation(JsonNode step) {
        Demand demand =
                Demand.of(key, limit, step.has("cost") ? step.get("cost").asLong() : 1);
        return switch (step.get("op").asString()) {
            case "acquire" -> Operation.Acquire.of(demand);
            case "peek" -> Operation.Peek.of(demand);
            case "charge" -> Operation.Charge.of(demand);
            case "refund" ->
                new Operation.Refund(java.util.List.of(new Grant(
                        demand, step.has("takenAt") ? step.get("takenAt").asLong() : Grant.NOW, Source.MEMORY)));
            case "reset" -> new Operation.Reset(java.util.List.of(demand));
            default -> throw new IllegalArgumentException("op: " + step);
        };
    }

    private static void expect(JsonNode step, String field, long actual, String description) {
        if (step.has(field)) {
            assertThat(actual)
                    .as("%s in %s", field, description)
                    .isEqualTo(step.get(field).asLong());
        }
    }
}
