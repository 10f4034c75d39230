package io.ratelimit.spring.autoconfigure.redis;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.autoconfigure.InvalidRateLimitConfigurationException;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Uses every command that the limiter needs, once, on counters of its own that it removes again: what a server never will
 * do is told at the start, in place of a fallback for ever.
 */
final class RedisProbe {
    private static final Set<Kind> NEVER = EnumSet.of(Kind.AUTH, Kind.PERMISSION);
    private static final String OWNER = "probe";

    private final RedisLimitStore store;
    private final RedisTarget target;

    RedisProbe(RedisLimitStore store, RedisTarget target) {
        this.store = store;
        this.target = target;
    }

    /**
     * Asks the server.
     *
     * @param mustAnswer whether an unreachable server is an error too
     * @throws InvalidRateLimitConfigurationException if the server cannot be used
     */
    void check(boolean mustAnswer) {
        StoreException failure = ask();
        if (failure == null) {
            return;
        }
        String said = serverErrorIn(failure);
        if (NEVER.contains(failure.kind())) {
            throw refusal(
                    failure,
                    said,
                    "a user that may run EVALSHA, EVAL, TIME, GET, SET, DEL, PEXPIREAT, STRLEN,"
                            + " GETRANGE and SETRANGE on the keys of ratelimit.namespace");
        }
        if (said.contains("syntax error")) {
            throw refusal(failure, said, "Redis 6.2 or later, or Valkey");
        }
        if (mustAnswer) {
            throw InvalidRateLimitConfigurationException.of(
                    "ratelimit.redis.fail-fast",
                    true,
                    "Redis at " + target + " cannot be used: " + failure.getMessage(),
                    "a Redis that answers, or fail-fast: false, which starts without it and attaches when it is there",
                    "ratelimit.redis.fail-fast: false");
        }
    }

    private RuntimeException refusal(StoreException failure, String said, String expected) {
        return InvalidRateLimitConfigurationException.of(
                "ratelimit.backend",
                "redis",
                "Redis at " + target + " refuses: " + failure.getMessage()
                        + (said.isEmpty() ? "" : ", " + Quoted.text(said)),
                expected,
                "ratelimit.backend: memory");
    }

    private @Nullable StoreException ask() {
        try {
            store.executeAll(operations()).toCompletableFuture().join();
            return null;
        } catch (CompletionException failed) {
            return failed.getCause() instanceof StoreException known
                    ? known
                    : new StoreException(Kind.OTHER, "Redis: an unexpected failure", failed.getCause());
        }
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            Limit limit = Limit.parse("2/1s").withAlgorithm(algorithm);
            Demand demand = Demand.of(new Key(OWNER, "probe:" + limit.counterName()), limit, 1);
            operations.add(Operation.Acquire.of(demand));
            operations.add(Operation.Acquire.of(demand));
            operations.add(new Operation.Reset(List.of(demand)));
        }
        return operations;
    }

    /** Returns what the server itself said, such as the command that it refuses. */
    private static String serverErrorIn(StoreException failure) {
        String said = "";
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (!(cause instanceof StoreException) && cause.getMessage() != null) {
                said = cause.getMessage();
            }
        }
        return said;
    }
}
