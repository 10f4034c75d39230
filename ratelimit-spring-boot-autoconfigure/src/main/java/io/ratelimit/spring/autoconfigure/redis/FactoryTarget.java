package io.ratelimit.spring.autoconfigure.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.ratelimit.limit.Quoted;
import io.ratelimit.spring.autoconfigure.redis.RedisTarget.Deployment;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;
import org.springframework.util.StringUtils;

/** The Redis that a connection factory of the application leads to, with all of its settings that concern a connection. */
final class FactoryTarget {
    private final LettuceConnectionFactory factory;
    private final RedisConfiguration configuration;

    private FactoryTarget(LettuceConnectionFactory factory, RedisConfiguration configuration) {
        this.factory = factory;
        this.configuration = configuration;
    }

    /** Returns where a bean leads, which is {@link RedisTarget#unusable} if it cannot be said. */
    static RedisTarget of(String name, Object bean) {
        Object behind = AopProxyUtils.getSingletonTarget(bean);
        Object factory = behind == null ? bean : behind;
        String described = "the bean " + name + " of type " + factory.getClass().getSimpleName();
        if (!(factory instanceof LettuceConnectionFactory lettuce)) {
            return RedisTarget.unusable(described + " cannot be used: it is no LettuceConnectionFactory");
        }
        RedisConfiguration configuration = configuration(lettuce);
        if (configuration == null) {
            return RedisTarget.unusable(described + " cannot be used: it does not say where its Redis is");
        }
        return RedisConfiguration.isDomainSocketConfiguration(configuration)
                ? RedisTarget.unusable(
                        described + " cannot be used: it connects to a socket of this machine, not to a port")
                : new FactoryTarget(lettuce, configuration).target();
    }

    /**
     * The getters tell one server at localhost of a factory that leads to a master and replicas, so that only the field tells
     * them apart.
     */
    private static @Nullable RedisConfiguration configuration(LettuceConnectionFactory factory) {
        try {
            return (RedisConfiguration) new DirectFieldAccessor(factory).getPropertyValue("configuration");
        } catch (BeansException | ClassCastException elsewhere) {
            return null;
        }
    }

    private RedisTarget target() {
        ClientOptions options =
                factory.getClientConfiguration().getClientOptions().orElseGet(ClientOptions::create);
        Duration timeout = options.getSocketOptions().getConnectTimeout();
        Duration configured = timeout.equals(SocketOptions.DEFAULT_CONNECT_TIMEOUT_DURATION) ? null : timeout;
        return at(options, RedisTarget.connectTimeout(configured));
    }

    private RedisTarget at(ClientOptions options, Duration timeout) {
        if (configuration instanceof RedisSentinelConfiguration sentinel) {
            String master =
                    String.valueOf(Objects.requireNonNull(sentinel.getMaster()).getName());
            RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(master);
            sentinel.getSentinels().forEach(node -> uri.withSentinel(sentinelAt(node, sentinel)));
            String place = "the master " + Quoted.text(master) + " of "
                    + sentinel.getSentinels().size() + " sentinels";
            return target(Deployment.SINGLE, List.of(complete(uri)), options, timeout, place);
        }
        if (configuration instanceof RedisClusterConfiguration cluster) {
            Collection<RedisNode> nodes = cluster.getClusterNodes();
            return target(
                    Deployment.CLUSTER,
                    nodes.stream()
                            .map(node -> complete(address(node.getRequiredHost(), node.getRequiredPort())))
                            .toList(),
                    options,
                    timeout,
                    nodes.stream().map(RedisNode::asString).collect(Collectors.joining(", ", "the cluster of ", "")));
        }
        if (configuration instanceof RedisStaticMasterReplicaConfiguration servers) {
            List<RedisStandaloneConfiguration> nodes = servers.getNodes();
            return target(
                    Deployment.MASTER_REPLICA,
                    nodes.stream()
                            .map(node -> complete(address(node.getHostName(), node.getPort())))
                            .toList(),
                    options,
                    timeout,
                    nodes.stream()
                            .map(node -> node.getHostName() + ":" + node.getPort())
                            .collect(Collectors.joining(", ", "the master of ", "")));
        }
        return target(
                Deployment.SINGLE,
                List.of(complete(address(factory.getHostName(), factory.getPort()))),
                options,
                timeout,
                factory.getHostName() + ":" + factory.getPort());
    }

    private RedisTarget target(
            Deployment deployment, List<RedisURI> addresses, ClientOptions options, Duration timeout, String place) {
        return new RedisTarget(deployment, addresses, options, factory.getClientResources(), timeout, place);
    }

    private static RedisURI.Builder address(String host, int port) {
        return RedisURI.builder().withHost(host).withPort(port);
    }

    private RedisURI complete(RedisURI.Builder uri) {
        secure(uri).withDatabase(factory.getDatabase());
        if (StringUtils.hasText(factory.getClientName())) {
            uri.withClientName(factory.getClientName());
        }
        RedisCredentialsProviderFactory credentials = credentials();
        if (credentials != null) {
            authenticate(uri, credentials.createCredentialsProvider(configuration));
        } else {
            authenticate(
                    uri,
                    RedisConfiguration.getUsernameOrElse(configuration, () -> ""),
                    RedisConfiguration.getPasswordOrElse(configuration, () -> RedisPassword.of(factory.getPassword())));
        }
        return uri.build();
    }

    /** Sentinels have credentials of their own, or none. */
    private RedisURI sentinelAt(RedisNode node, RedisSentinelConfiguration sentinel) {
        RedisURI.Builder uri = secure(address(node.getRequiredHost(), node.getPortOr(RedisNode.DEFAULT_SENTINEL_PORT)));
        RedisCredentialsProviderFactory credentials = credentials();
        if (credentials != null) {
            authenticate(uri, credentials.createSentinelCredentialsProvider(sentinel));
        } else {
            authenticate(uri, sentinel.getSentinelUsername(), sentinel.getSentinelPassword());
        }
        return uri.build();
    }

    private @Nullable RedisCredentialsProviderFactory credentials() {
        return factory.getClientConfiguration()
                .getRedisCredentialsProviderFactory()
                .orElse(null);
    }

    private static void authenticate(RedisURI.Builder uri, @Nullable RedisCredentialsProvider provider) {
        if (provider != null) {
            uri.withAuthentication(provider);
        }
    }

    private static void authenticate(RedisURI.Builder uri, @Nullable String username, RedisPassword password) {
        if (!password.isPresent()) {
            return;
        }
        char[] secret = password.get();
        if (StringUtils.hasText(username)) {
            uri.withAuthentication(username, secret);
        } else {
            uri.withPassword(secret);
        }
    }

    private RedisURI.Builder secure(RedisURI.Builder uri) {
        return uri.withSsl(factory.isUseSsl())
                .withVerifyPeer(factory.getClientConfiguration().getVerifyMode())
                .withStartTls(factory.isStartTls());
    }
}
