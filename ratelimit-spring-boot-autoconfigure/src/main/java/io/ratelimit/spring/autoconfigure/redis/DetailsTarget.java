package io.ratelimit.spring.autoconfigure.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.limit.Quoted;
import io.ratelimit.spring.autoconfigure.redis.RedisTarget.Deployment;
import io.ratelimit.spring.configuration.InvalidRateLimitConfigurationException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Cluster;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.MasterReplica;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/** The Redis that the connection details of the application lead to, with those of its settings that concern a connection. */
final class DetailsTarget {
    private final DataRedisConnectionDetails details;
    private final @Nullable DataRedisProperties properties;
    private final @Nullable ClientResources resources;
    private final List<LettuceClientOptionsBuilderCustomizer> customizers;

    DetailsTarget(
            DataRedisConnectionDetails details,
            ObjectProvider<DataRedisProperties> properties,
            ObjectProvider<ClientResources> resources,
            ObjectProvider<LettuceClientOptionsBuilderCustomizer> customizers) {
        this.details = details;
        this.properties = properties.getIfAvailable();
        this.resources = resources.getIfUnique();
        this.customizers = customizers.orderedStream().toList();
    }

    RedisTarget target() {
        return new RedisTarget(
                deployment(),
                addresses(),
                options(),
                resources,
                RedisTarget.connectTimeout(properties == null ? null : properties.getConnectTimeout()),
                place());
    }

    /** Of several sorts the one that the application itself prefers, as in {@link #addresses}. */
    private Deployment deployment() {
        if (details.getSentinel() != null) {
            return Deployment.SINGLE;
        }
        if (details.getCluster() != null) {
            return Deployment.CLUSTER;
        }
        return details.getMasterReplica() != null ? Deployment.MASTER_REPLICA : Deployment.SINGLE;
    }

    /** Returns the addresses of the servers, or the one by which sentinels are asked, which come before others. */
    private List<RedisURI> addresses() {
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            RedisURI.Builder uri = RedisURI.builder()
                    .withSentinelMasterId(sentinel.getMaster())
                    .withDatabase(sentinel.getDatabase());
            sentinel.getNodes().forEach(node -> uri.withSentinel(sentinelAt(node, sentinel)));
            return List.of(complete(uri));
        }
        Cluster cluster = details.getCluster();
        if (cluster != null) {
            return at(cluster.getNodes());
        }
        MasterReplica masterReplica = details.getMasterReplica();
        if (masterReplica != null) {
            return at(masterReplica.getNodes());
        }
        Standalone standalone = details.getStandalone();
        if (standalone == null) {
            throw InvalidRateLimitConfigurationException.of(
                    "spring.data.redis.host",
                    null,
                    "the connection details of the application name no Redis",
                    "spring.data.redis.host, .url, .sentinel, .cluster or .masterreplica",
                    "ratelimit.backend: memory");
        }
        return List.of(complete(RedisURI.builder()
                .withHost(standalone.getHost())
                .withPort(standalone.getPort())
                .withDatabase(standalone.getDatabase())));
    }

    private List<RedisURI> at(List<Node> nodes) {
        return nodes.stream()
                .map(node -> complete(RedisURI.builder().withHost(node.host()).withPort(node.port())))
                .toList();
    }

    private RedisURI complete(RedisURI.Builder uri) {
        if (usesTls()) {
            uri.withSsl(true);
        }
        String clientName = properties == null ? null : properties.getClientName();
        if (StringUtils.hasText(clientName)) {
            uri.withClientName(clientName);
        }
        String password = details.getPassword();
        if (StringUtils.hasLength(password)) {
            String username = details.getUsername();
            if (StringUtils.hasText(username)) {
                uri.withAuthentication(username, password.toCharArray());
            } else {
                uri.withPassword(password.toCharArray());
            }
        }
        return uri.build();
    }

    /** Sentinels have credentials of their own, or none. */
    private RedisURI sentinelAt(Node node, Sentinel sentinel) {
        RedisURI.Builder uri =
                RedisURI.builder().withHost(node.host()).withPort(node.port()).withSsl(usesTls());
        String password = sentinel.getPassword();
        if (StringUtils.hasLength(password)) {
            String username = sentinel.getUsername();
            if (StringUtils.hasText(username)) {
                uri.withAuthentication(username, password.toCharArray());
            } else {
                uri.withPassword(password.toCharArray());
            }
        }
        return uri.build();
    }

    private boolean usesTls() {
        return details.getSslBundle() != null || (properties != null && isTlsUrl(properties.getUrl()));
    }

    private static boolean isTlsUrl(@Nullable String url) {
        return url != null && url.toLowerCase(Locale.ROOT).startsWith("rediss:");
    }

    private ClientOptions options() {
        // Customizers may count on the type, whatever sort of deployment is used in the end.
        boolean clustered = properties != null && properties.getCluster() != null;
        ClientOptions.Builder options = clustered ? ClusterClientOptions.builder() : ClientOptions.builder();
        SslBundle bundle = details.getSslBundle();
        if (bundle != null) {
            options.sslOptions(sslOptions(bundle));
        }
        customizers.forEach(customizer -> customizer.customize(options));
        return options.build();
    }

    private static SslOptions sslOptions(SslBundle bundle) {
        SslOptions.Builder options = SslOptions.builder()
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            options.cipherSuites(ciphers);
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            options.protocols(protocols);
        }
        return options.build();
    }

    private String place() {
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            return "the master " + Quoted.text(sentinel.getMaster()) + " of "
                    + sentinel.getNodes().size() + " sentinels";
        }
        Cluster cluster = details.getCluster();
        if (cluster != null) {
            return "the cluster of " + list(cluster.getNodes());
        }
        MasterReplica masterReplica = details.getMasterReplica();
        if (masterReplica != null) {
            return "the master of " + list(masterReplica.getNodes());
        }
        Standalone standalone = details.getStandalone();
        return standalone == null ? "an unknown place" : standalone.getHost() + ":" + standalone.getPort();
    }

    private static String list(List<Node> nodes) {
        return nodes.stream().map(node -> node.host() + ":" + node.port()).collect(Collectors.joining(", "));
    }
}
