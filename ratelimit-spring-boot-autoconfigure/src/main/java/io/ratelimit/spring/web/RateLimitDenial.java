package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * Why a request is refused, and what the client is told.
 *
 * @param reason why
 * @param violatedPolicies the names of the limits that denied it, as in the {@code RateLimit-Policy} header; empty if none did
 * @param retryAfterSeconds what {@code Retry-After} says; empty if no waiting helps
 * @param decision the decision; empty if the requester is blocked
 */
public record RateLimitDenial(
        Reason reason, List<String> violatedPolicies, OptionalLong retryAfterSeconds, Optional<Decision> decision) {
    static final String RETRY_AFTER = "Retry-After";

    /** Why a request is refused. */
    public enum Reason {
        /** A quota is used up. */
        QUOTA_EXCEEDED(
                429,
                "https://iana.org/assignments/http-problem-types#quota-exceeded",
                "Request cannot be satisfied as assigned quota has been exceeded"),
        /** The quota cannot be counted, and its rule denies then. */
        TEMPORARY_REDUCED_CAPACITY(
                503,
                "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
                "Request cannot be satisfied due to temporary server capacity constraints"),
        /** The requester is on the list of the blocked. */
        BLOCKED(403, "about:blank", "Forbidden");

        private final int status;
        private final String type;
        private final String title;

        Reason(int status, String type, String title) {
            this.status = status;
            this.type = type;
            this.title = title;
        }

        /** Returns the HTTP status of the answer. */
        public int status() {
            return status;
        }

        /** Returns the problem type of the answer, an RFC 9457 URI. */
        public String type() {
            return type;
        }

        /** Returns the title of the problem type. */
        public String title() {
            return title;
        }
    }

    /** Checks that the parts are there. */
    public RateLimitDenial {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(retryAfterSeconds, "retryAfterSeconds");
        Objects.requireNonNull(decision, "decision");
        violatedPolicies = List.copyOf(violatedPolicies);
    }

    /** Writes the headers of the answer that are not about quotas. */
    public void writeTo(BiConsumer<String, String> response) {
        // RFC 6585: a cache must not keep a 429. The others would do as much harm in one.
        response.accept("Cache-Control", "no-store");
        if (retryAfterSeconds.isPresent()) {
            response.accept(RETRY_AFTER, Long.toString(retryAfterSeconds.getAsLong()));
        }
    }

    /** Returns the body of the answer, an RFC 9457 problem in JSON, in UTF-8. */
    public byte[] problem() {
        return ProblemBody.of(this);
    }

    /** Returns a sentence for the client that says what to do. It holds nothing that the client sent. */
    public String detail() {
        return switch (reason) {
            case BLOCKED -> "This client is blocked.";
            case TEMPORARY_REDUCED_CAPACITY -> "Requests cannot be counted at the moment." + advice();
            case QUOTA_EXCEEDED ->
                retryAfterSeconds.isPresent()
                        ? "The quota is used up." + advice()
                        : "The request asks for more than the quota ever holds.";
        };
    }

    private String advice() {
        return retryAfterSeconds.isPresent() ? " Retry after " + retryAfterSeconds.getAsLong() + " s." : "";
    }
}
