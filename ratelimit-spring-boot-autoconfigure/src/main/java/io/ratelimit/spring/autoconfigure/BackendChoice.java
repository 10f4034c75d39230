package io.ratelimit.spring.autoconfigure;

/**
 * Where the counters live, and why there.
 *
 * @param id the name of the backend in health and metrics, such as {@code redis}
 * @param place where that is, in words and without credentials
 * @param reason what decided it
 */
public record BackendChoice(String id, String place, String reason) {}
