package io.ratelimit.spring.autoconfigure.redis;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.configuration.InvalidRateLimitConfigurationException;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a permit under every algorithm, on counters of its own that it removes again, and asks for every command that some
 * counter needs sometime: what a server never will do is told at the start, in place of a fallback for ever.
 */
final class RedisProbe {
    private static final String COMMANDS =
            "EVALSHA, EVAL, TIME, GET, SET, DEL, PEXPIREAT, STRLEN, GETRANGE and SETRANGE";
    /** A busy machine takes its time for the first call of all; but the application is not to start much later for it. */
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private static final Set<Kind> EXPLAINED = EnumSet.of(Kind.PERMISSION, Kind.UNKNOWN_COMMAND, Kind.MOVED);
    private static final String OWNER = "probe";

    private final RedisLimitStore store;
    private final RedisTarget target;
    private final String namespace;

    RedisProbe(RedisLimitStore store, RedisTarget target, String namespace) {
        this.store = store;
        this.target = target;
        this.namespace = namespace;
    }

    /**
     * Asks the server.
     *
     * @param mustAnswer whether an unreachable server is an error too
     * @throws InvalidRateLimitConfigurationException if the server cannot be used
     */
    void check(boolean mustAnswer) {
        long start = System.nanoTime();
        StoreException failure = ask();
        while (failure != null && failure.kind() == Kind.TIMEOUT && System.nanoTime() - start < PATIENCE.toNanos()) {
            failure = ask();
        }
        if (failure == null) {
            return;
        }
        String said = serverErrorIn(failure);
        if (failure.kind() == Kind.AUTH) {
            throw refusal(failure, said, "the right spring.data.redis.username and .password");
        }
        if (failure.kind() == Kind.PERMISSION) {
            throw refusal(
                    failure,
                    said,
                    "a user that may run " + COMMANDS + " on the keys " + namespace
                            + ":*, in a cluster CLUSTER SLOTS and ASKING too, in a database other than 0 SELECT");
        }
        if (failure.kind() == Kind.MOVED && !target.isCluster()) {
            throw refusal(failure, said, "the nodes of the cluster under spring.data.redis.cluster.nodes");
        }
        if (said.contains("cluster support disabled")) {
            throw refusal(failure, said, "nodes of a cluster, or spring.data.redis.host in place of .cluster.nodes");
        }
        if (failure.kind() == Kind.UNKNOWN_COMMAND) {
            throw refusal(failure, said + version(), "Redis 6.2 or later, or Valkey, with the commands " + COMMANDS);
        }
        if (said.contains("syntax error")) {
            throw refusal(failure, said + version(), "Redis 6.2 or later, or Valkey");
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

    /** The answer is there by now, because answers come in the order of the questions. */
    private String version() {
        return store.serverVersion().map(version -> ", from version " + version).orElse("");
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
        List<Demand> demands = demands();
        List<Operation> operations = new ArrayList<>();
        demands.forEach(demand -> operations.add(Operation.Acquire.of(demand)));
        operations.add(new Operation.Reset(demands));
        try {
            return store.executeAll(operations)
                    .handle((done, failure) -> failure == null ? null : StoreException.of(failure))
                    .thenCompose(this::explained)
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException failed) {
            return failed.getCause() instanceof TimeoutException
                    ? new StoreException(Kind.TIMEOUT, "Redis: no answer within " + PATIENCE.toMillis() + " ms", failed)
                    : StoreException.of(failed);
        }
    }

    /** A server that decides may refuse something else, and one that refuses one thing may refuse others too. */
    private CompletionStage<@Nullable StoreException> explained(@Nullable StoreException failure) {
        return failure == null || EXPLAINED.contains(failure.kind())
                ? store.refusal().thenApply(refusal -> refusal.orElse(failure))
                : CompletableFuture.completedFuture(failure);
    }

    private static List<Demand> demands() {
        List<Demand> demands = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            Limit limit = Limit.parse("9/1s").withAlgorithm(algorithm);
            demands.add(Demand.of(new Key(OWNER, "probe:" + limit.counterName()), limit, 1));
        }
        return demands;
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
