package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.rule.Mode;
import io.ratelimit.spring.web.HeaderStyle;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Everything that can be configured under {@code ratelimit}. Immutable; holds what was written, while what it means is
 * checked before any bean can have it.
 *
 * @param enabled Whether to limit at all; if not, nothing is limited, and what the application injects admits
 *     everything.
 * @param backend Where the counters live; by default Redis if one is configured for the application, otherwise memory.
 * @param mode What becomes of the denials of all rules; the weaker of it and a rule's own mode wins.
 * @param namespace First part of the name of every key in the backend.
 * @param keySecret Secret for the digests that stand for identities in the backend; without it an IPv4 address can be
 *     guessed back from its digest.
 * @param exclude Paths that are never limited, as patterns.
 * @param caseInsensitive Whether paths are matched without regard to case.
 * @param defaultRule What applies to requests that no rule matches; absent, they are not limited.
 * @param tiers Limits by tier, for rules that are tiered: a limit, a list of limits, or unlimited.
 * @param defaultTier Tier of a requester that has none.
 * @param rules The rules; all that match a request apply to it.
 * @param overrides Fields of rules by the id of the rule, in place of what the rule itself says.
 * @param identity Who is asking.
 * @param apiKeys The API keys that identify a requester.
 * @param headers What a response says about limits.
 * @param retryAfterJitter Fraction by which Retry-After is spread upwards, so that clients do not come back all at once.
 * @param memory The backend in the memory of this instance.
 * @param redis The Redis backend, over the connection that spring.data.redis describes.
 * @param maxHeld Most requests that are held at the same time for their turn in a leaky bucket; three quarters of them by
 *     one rule, and half of what is left of these by one owner.
 */
@ConfigurationProperties(prefix = "ratelimit", ignoreUnknownFields = false)
public record RateLimitProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Backend backend,
        @DefaultValue("enforce") Mode mode,
        @DefaultValue("ratelimit") String namespace,
        @Nullable String keySecret,
        @DefaultValue("/actuator/health/**") List<String> exclude,
        @DefaultValue("false") boolean caseInsensitive,
        @Name("default") @Nullable DefaultRule defaultRule,
        @DefaultValue Map<String, List<LimitProperties>> tiers,
        @DefaultValue("free") String defaultTier,
        @DefaultValue List<RuleProperties> rules,
        @DefaultValue Map<String, RuleProperties> overrides,
        @DefaultValue Identity identity,
        @DefaultValue ApiKeys apiKeys,
        @DefaultValue Headers headers,
        @DefaultValue("0") double retryAfterJitter,
        @DefaultValue Memory memory,
        @DefaultValue Redis redis,
        @DefaultValue("1000") int maxHeld) {

    /** Copies what it is given. */
    public RateLimitProperties {
        exclude = List.copyOf(exclude);
        tiers = Map.copyOf(tiers);
        rules = List.copyOf(rules);
        overrides = Map.copyOf(overrides);
    }

    RateLimitProperties withRules(List<RuleProperties> others) {
        return new RateLimitProperties(
                enabled,
                backend,
                mode,
                namespace,
                keySecret,
                exclude,
                caseInsensitive,
                defaultRule,
                tiers,
                defaultTier,
                others,
                overrides,
                identity,
                apiKeys,
                headers,
                retryAfterJitter,
                memory,
                redis,
                maxHeld);
    }

    /** Where the counters live. */
    public enum Backend {
        /** A Redis that all instances share. */
        REDIS,
        /** The memory of this instance alone. */
        MEMORY;

        /** Returns the name in properties, health and metrics, such as {@code redis}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a requester can be identified. */
    public enum IdentityKind {
        /** By a known API key. */
        API_KEY,
        /** By the name of the authenticated user. */
        USER,
        /** By the client's address. */
        IP
    }

    /**
     * What applies to requests that no rule matches.
     *
     * @param limit Permits per window, such as 1000/1h, of each requester.
     * @param algorithm How the permits are counted.
     * @param tiered Whether the requester's tier decides the limit.
     */
    public record DefaultRule(
            @Nullable String limit,
            @DefaultValue("sliding-counter") Algorithm algorithm,
            @DefaultValue("false") boolean tiered) {}

    /**
     * Who is asking.
     *
     * @param order Ways to identify a requester, the first that succeeds wins.
     * @param ip How the client's address is found and grouped.
     * @param exempt Requesters that are never limited.
     * @param blocked Requesters that are always refused with 403.
     */
    public record Identity(
            @DefaultValue({"api-key", "user", "ip"}) List<IdentityKind> order,
            @DefaultValue Ip ip,
            @DefaultValue AccessList exempt,
            @DefaultValue AccessList blocked) {
        /** Copies what it is given. */
        public Identity {
            order = List.copyOf(order);
        }
    }

    /**
     * How the client's address is found and grouped.
     *
     * @param trustedProxies Addresses and networks (CIDR) of the proxies whose forwarded header is believed.
     * @param forwardedHeader Header in which trusted proxies tell the client's address: Forwarded, or one that is written
     *     like X-Forwarded-For.
     * @param ipv4Prefix Bits of an IPv4 address that tell requesters apart.
     * @param ipv6Prefix Bits of an IPv6 address that tell requesters apart; a home has at least a /64.
     */
    public record Ip(
            @DefaultValue List<String> trustedProxies,
            @DefaultValue("X-Forwarded-For") String forwardedHeader,
            @DefaultValue("32") int ipv4Prefix,
            @DefaultValue("64") int ipv6Prefix) {
        /** Copies what it is given. */
        public Ip {
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /**
     * Requesters that are treated apart.
     *
     * @param apiKeys Names of API keys.
     * @param users Names of users.
     * @param addresses Addresses and networks (CIDR).
     */
    public record AccessList(
            @DefaultValue List<String> apiKeys,
            @DefaultValue List<String> users,
            @DefaultValue List<String> addresses) {
        /** Copies what it is given. */
        public AccessList {
            apiKeys = List.copyOf(apiKeys);
            users = List.copyOf(users);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The API keys that identify a requester.
     *
     * @param header Header that carries the key.
     * @param queryParameter Query parameter that carries the key where the header does not; absent, none is read.
     * @param trustUnverified Whether an unknown key counts as an identity of its own; then random keys buy fresh quota.
     * @param keys The known keys.
     */
    public record ApiKeys(
            @DefaultValue("X-API-Key") String header,
            @Nullable String queryParameter,
            @DefaultValue("false") boolean trustUnverified,
            @DefaultValue List<ApiKey> keys) {
        /** Copies what it is given. */
        public ApiKeys {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A known API key.
     *
     * @param name Name of its owner, in lists and logs.
     * @param value The key itself.
     * @param sha256 SHA-256 of the key in hexadecimal, in place of the key itself.
     * @param tier Tier of its owner.
     */
    public record ApiKey(
            @Nullable String name,
            @Nullable String value,
            @Nullable String sha256,
            @Nullable String tier) {
        /** Returns the name and nothing that could be a secret. */
        @Override
        public String toString() {
            return "ApiKey[name=" + name + ", tier=" + tier + "]";
        }
    }

    /**
     * What a response says about limits.
     *
     * @param style Names and form of the headers.
     * @param maxRetryAfter Longest wait that Retry-After and the body of a denial tell; timers of JavaScript take more than
     *     24.8 days for no wait at all.
     */
    public record Headers(
            @DefaultValue("x-ratelimit") HeaderStyle style,
            @DefaultValue("24d") Duration maxRetryAfter) {}

    /**
     * The backend in the memory of this instance.
     *
     * @param maxKeys Most counters that are kept.
     */
    public record Memory(@DefaultValue("1000000") int maxKeys) {}

    /**
     * The Redis backend.
     *
     * @param timeout How long a decision may wait for Redis before the failure policy of its rule decides.
     * @param failFast Whether the application refuses to start while Redis cannot be reached.
     * @param circuitBreaker When Redis counts as gone, so that no request waits for it.
     * @param fallback What decides in place of Redis while it is gone.
     */
    public record Redis(
            @DefaultValue("100ms") Duration timeout,
            @DefaultValue("false") boolean failFast,
            @DefaultValue CircuitBreaker circuitBreaker,
            @DefaultValue Fallback fallback) {}

    /**
     * When Redis counts as gone.
     *
     * @param failureThreshold Failures or slow calls in a row after which Redis is no longer asked.
     * @param slowCallDuration A call that takes longer is slow.
     * @param openDuration First pause before Redis is tried again; it grows up to 8 s.
     */
    public record CircuitBreaker(
            @DefaultValue("3") int failureThreshold,
            @DefaultValue("50ms") Duration slowCallDuration,
            @DefaultValue("1s") Duration openDuration) {}

    /**
     * What decides in place of Redis.
     *
     * @param instances How many instances of the application share the limits while each decides for itself: a number, or
     *     auto, which counts them in Redis.
     * @param maxKeys Most counters that are kept; fewer where they would take more than a fifth of the largest heap.
     */
    public record Fallback(
            @DefaultValue("auto") String instances,
            @DefaultValue("100000") int maxKeys) {}

    /** Returns the structure without anything that could be a secret. */
    @Override
    public String toString() {
        return "RateLimitProperties[enabled=" + enabled + ", backend=" + backend + ", mode=" + mode + ", rules="
                + rules.size() + "]";
    }
}
