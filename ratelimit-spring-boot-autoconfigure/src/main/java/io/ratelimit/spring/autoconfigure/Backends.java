package io.ratelimit.spring.autoconfigure;

import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import io.ratelimit.spring.configuration.Surroundings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * All backends that an application can choose, a row each, in the order in which one is chosen where none is asked for: the
 * first of which the application has what it needs.
 */
public final class Backends {
    private static final List<Row> TABLE = List.of(
            new Row(
                    Backend.REDIS,
                    RedisFinder::find,
                    "a Redis under spring.data.redis or a LettuceConnectionFactory bean, and the library ratelimit-redis"),
            new Row(Backend.MEMORY, (beans, environment) -> BackendFinding.usable("memory"), ""));

    /**
     * One backend.
     *
     * @param id what {@code ratelimit.backend} calls it
     * @param finder looks for what it needs, in properties and definitions of beans alone
     * @param needs what it needs, for a message
     */
    private record Row(Backend id, Finder finder, String needs) {}

    private interface Finder {
        BackendFinding find(ConfigurableListableBeanFactory beans, Environment environment);
    }

    private static final String LATE =
            " cannot be used: the auto-configuration of that backend is excluded, or was processed before it";

    private Backends() {}

    /** Returns the backend that is asked for if it can be used, and where none is asked for the first that can be. */
    public static Backend choose(
            @Nullable Backend asked, ConfigurableListableBeanFactory beans, Environment environment) {
        return TABLE.stream()
                .filter(row -> asked == null || row.id() == asked)
                .filter(row -> row.finder().find(beans, environment).isUsable())
                .map(Row::id)
                .findFirst()
                .orElse(Backend.MEMORY);
    }

    /** Returns the backends that cannot be used. */
    static Map<Backend, Surroundings.Missing> missing(ConfigurableListableBeanFactory beans, Environment environment) {
        Map<Backend, Surroundings.Missing> missing = new EnumMap<>(Backend.class);
        for (Row row : TABLE) {
            row.finder()
                    .find(beans, environment)
                    .problem()
                    .ifPresent(problem -> missing.put(row.id(), new Surroundings.Missing(problem, row.needs())));
        }
        return missing;
    }

    /** Describes the choice of memory: because that is asked for, or because nothing else can be used. */
    static BackendChoice memory(
            @Nullable Backend asked, ConfigurableListableBeanFactory beans, Environment environment) {
        if (asked != null) {
            return BackendChoice.memory(BackendChoice.ASKED_FOR, false);
        }
        for (Row row : TABLE) {
            BackendFinding finding = row.finder().find(beans, environment);
            if (row.id() != Backend.MEMORY && finding.seen().isPresent()) {
                return memoryInPlaceOf(
                        row.id(),
                        finding.problem().orElseGet(() -> finding.seen().get() + LATE));
            }
        }
        return BackendChoice.memory(
                TABLE.get(0).finder().find(beans, environment).problem().orElse("nothing else can be used"), false);
    }

    /** Describes the choice of memory although the application has another backend, which has this problem. */
    public static BackendChoice memoryInPlaceOf(Backend better, String problem) {
        return BackendChoice.memory(problem + " (expected: " + needs(better) + "; or ratelimit.backend: memory)", true);
    }

    /** Returns what a backend needs, for a message. */
    public static String needs(Backend backend) {
        return TABLE.stream()
                .filter(row -> row.id() == backend)
                .map(Row::needs)
                .findFirst()
                .orElseThrow();
    }
}
