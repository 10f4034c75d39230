package io.ratelimit.spring.autoconfigure.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.redis.RedisLimitStore;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the application's Redis is, and how to talk to it: what concerns a connection, but no connection of the
 * application's itself.
 *
 * @param addresses of the servers, or the one by which sentinels are asked; empty of a {@link Deployment#UNUSABLE} one
 * @param resources the threads to share, or {@code null} for own ones
 * @param place in words and without credentials; of an unusable one why it is so
 */
record RedisTarget(
        Deployment deployment,
        List<RedisURI> addresses,
        ClientOptions options,
        @Nullable ClientResources resources,
        Duration connectTimeout,
        String place) {
    /** An application starts at most two seconds later because of us, so that we do not wait longer for a first answer. */
    private static final Duration LONGEST_CONNECT_TIMEOUT = Duration.ofMillis(1_500);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /** How servers belong together. */
    enum Deployment {
        SINGLE,
        MASTER_REPLICA,
        CLUSTER,
        /** They cannot be reached over what the application has. */
        UNUSABLE
    }

    RedisTarget {
        addresses = List.copyOf(addresses);
    }

    /** Describes a Redis that the application reaches in a way that is not open to a store. */
    static RedisTarget unusable(String why) {
        return new RedisTarget(Deployment.UNUSABLE, List.of(), ClientOptions.create(), null, CONNECT_TIMEOUT, why);
    }

    /** Returns how long to wait for a connection where the application waits so long. */
    static Duration connectTimeout(@Nullable Duration configured) {
        if (configured == null || configured.compareTo(Duration.ofMillis(1)) < 0) {
            return CONNECT_TIMEOUT;
        }
        return configured.compareTo(LONGEST_CONNECT_TIMEOUT) > 0 ? LONGEST_CONNECT_TIMEOUT : configured;
    }

    boolean isUsable() {
        return deployment != Deployment.UNUSABLE;
    }

    boolean isCluster() {
        return deployment == Deployment.CLUSTER;
    }

    /** Starts to describe a store at this place. */
    RedisLimitStore.Builder builder() {
        RedisLimitStore.Builder builder = switch (deployment) {
            case SINGLE -> RedisLimitStore.builder(addresses.get(0));
            case MASTER_REPLICA -> RedisLimitStore.masterReplica(addresses);
            case CLUSTER -> RedisLimitStore.cluster(addresses);
            case UNUSABLE -> throw new IllegalStateException(place);
        };
        builder.options(options).connectTimeout(connectTimeout);
        return resources == null ? builder : builder.resources(resources);
    }

    /** Returns the place, without credentials. */
    @Override
    public String toString() {
        return place;
    }
}
