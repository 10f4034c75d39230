package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import org.jspecify.annotations.Nullable;

/**
 * One limit, written as a text or as an object.
 *
 * @param limit Permits per window, such as 5/1m or 100/1h burst 20.
 * @param algorithm How the permits are counted; absent, as the rule says.
 * @param burst Most permits that a bucket gives at once; by default as many as the limit has.
 */
public record LimitProperties(
        @Nullable String limit,
        @Nullable Algorithm algorithm,
        @Nullable Long burst) {}
