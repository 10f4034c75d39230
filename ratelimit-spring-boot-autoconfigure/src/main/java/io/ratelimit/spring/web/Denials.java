package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes denials of decisions. */
final class Denials {
    private final RetryAfter retryAfter;

    Denials(RetryAfter retryAfter) {
        this.retryAfter = retryAfter;
    }

    /** Returns the denial of a requester that is on the list of the blocked. */
    static RateLimitDenial blocked() {
        return new RateLimitDenial(RateLimitDenial.Reason.BLOCKED, List.of(), OptionalLong.empty(), Optional.empty());
    }

    /** Returns the denial that a decision is. */
    RateLimitDenial of(Decision denied) {
        boolean counted = !denied.source().equals(Source.FAILURE_POLICY);
        return new RateLimitDenial(
                counted ? RateLimitDenial.Reason.QUOTA_EXCEEDED : RateLimitDenial.Reason.TEMPORARY_REDUCED_CAPACITY,
                PolicyNames.ofDenying(denied.limits()),
                denied.retryAfter().map(this::seconds).orElse(OptionalLong.empty()),
                Optional.of(denied));
    }

    /** Returns the denial of a request that was admitted but has nowhere to wait for its turn. */
    RateLimitDenial ofQueued(Decision queued, Duration wait) {
        List<String> names = PolicyNames.of(queued.limits());
        List<String> delaying = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            LimitDecision limit = queued.limits().get(i);
            if (!limit.delay().isZero()) {
                delaying.add(names.get(i));
            }
        }
        return new RateLimitDenial(RateLimitDenial.Reason.QUOTA_EXCEEDED, delaying, seconds(wait), Optional.of(queued));
    }

    private OptionalLong seconds(Duration wait) {
        return OptionalLong.of(retryAfter.seconds(wait));
    }
}
