package io.ratelimit.store;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the conformance vectors: one scenario a line. */
final class Vectors {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Vectors() {}

    static List<JsonNode> scenarios(String file) {
        return lines(file).stream().map(JSON::readTree).toList();
    }

    static List<String> lines(String file) {
        var resource = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file), file);
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a limit that has its window beside it, or elsewhere for a step that changes it. */
    static Limit limit(JsonNode permits, Algorithm algorithm, long windowMicros) {
        Limit limit = Limit.of(permits.get("permits").asLong(), Duration.of(windowMicros, ChronoUnit.MICROS))
                .withAlgorithm(algorithm);
        return permits.has("burst") ? limit.withBurst(permits.get("burst").asLong()) : limit;
    }

    static Limit limit(JsonNode node) {
        return limit(
                node,
                Algorithm.parse(node.get("algorithm").asString()),
                node.get("windowMicros").asLong());
    }
}
