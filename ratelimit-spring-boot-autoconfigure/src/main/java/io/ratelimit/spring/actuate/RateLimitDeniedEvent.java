package io.ratelimit.spring.actuate;

import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests were denied: one event a second for each rule at most, of the first denial, which tells of those since the last.
 * Published on a thread of its own, so that listeners may take their time; events are dropped while they do.
 *
 * @param rule the rule's id
 * @param identity the digest of the identity that was denied, never the identity itself
 * @param limit the limit that denied
 * @param retryAfter the time to wait; empty if no waiting helps
 * @param source what decided
 * @param denials how many denials of the rule this stands for, from 1
 */
public record RateLimitDeniedEvent(
        String rule, String identity, Limit limit, Optional<Duration> retryAfter, Source source, long denials) {}
