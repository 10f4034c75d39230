package io.ratelimit.spring.autoconfigure.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.ratelimit.spring.autoconfigure.redis.RedisTarget.Deployment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.target.SingletonTargetSource;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/** What a connection factory of the application comes to. */
class FactoryTargetTest {
    private static RedisTarget target(LettuceConnectionFactory factory) {
        return FactoryTarget.of("mine", factory);
    }

    private static RedisURI uri(RedisTarget target) {
        return target.addresses().get(0);
    }

    private static RedisCredentials credentials(RedisURI uri) {
        return uri.getCredentialsProvider().resolveCredentials().block();
    }

    private static RedisStandaloneConfiguration standalone() {
        RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("redis.example", 7000);
        server.setDatabase(3);
        server.setUsername("ann");
        server.setPassword("hush");
        return server;
    }

    @Test
    void takesOverOneServer() {
        RedisTarget target = target(new LettuceConnectionFactory(
                standalone(),
                LettuceClientConfiguration.builder().clientName("shop").build()));
        assertThat(target.deployment()).isEqualTo(Deployment.SINGLE);
        assertThat(target).hasToString("redis.example:7000");
        RedisURI uri = uri(target);
        assertThat(uri.getHost() + ":" + uri.getPort() + "/" + uri.getDatabase())
                .isEqualTo("redis.example:7000/3");
        assertThat(uri.getClientName()).isEqualTo("shop");
        assertThat(uri.isSsl()).isFalse();
        assertThat(credentials(uri).getUsername()).isEqualTo("ann");
        assertThat(credentials(uri).getPassword()).containsExactly('h', 'u', 's', 'h');
        assertThat(target.toString()).doesNotContain("hush");
    }

    @Test
    void takesOverAPasswordWithoutAUser() {
        RedisStandaloneConfiguration server = standalone();
        server.setUsername(null);
        RedisCredentials credentials = credentials(uri(target(new LettuceConnectionFactory(server))));
        assertThat(credentials.getUsername()).isNull();
        assertThat(credentials.getPassword()).containsExactly('h', 'u', 's', 'h');
    }

    @ParameterizedTest
    @CsvSource({"true, FULL", "false, NONE"})
    void takesOverTls(boolean verified, SslVerifyMode mode) {
        var tls = LettuceClientConfiguration.builder().useSsl();
        LettuceClientConfiguration client =
                (verified ? tls : tls.disablePeerVerification()).and().build();
        RedisURI uri = uri(target(new LettuceConnectionFactory(standalone(), client)));
        assertThat(uri.isSsl()).isTrue();
        assertThat(uri.getVerifyMode()).isEqualTo(mode);
        assertThat(uri.isStartTls()).isFalse();
    }

    @Test
    void takesOverThreadsOptionsAndTheConnectTimeout() {
        ClientResources threads = DefaultClientResources.create();
        try {
            ClientOptions options = ClientOptions.builder()
                    .pingBeforeActivateConnection(false)
                    .socketOptions(SocketOptions.builder()
                            .connectTimeout(Duration.ofMillis(300))
                            .build())
                    .build();
            RedisTarget target = target(new LettuceConnectionFactory(
                    standalone(),
                    LettuceClientConfiguration.builder()
                            .clientResources(threads)
                            .clientOptions(options)
                            .build()));
            assertThat(target.resources()).isSameAs(threads);
            assertThat(target.options().isPingBeforeActivateConnection()).isFalse();
            assertThat(target.connectTimeout()).isEqualTo(Duration.ofMillis(300));
        } finally {
            var unused = threads.shutdown();
        }
    }

    @Test
    void waitsAsLongAsUsualForAConnectionWhereNothingIsSaid() {
        assertThat(target(new LettuceConnectionFactory(standalone())).connectTimeout())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void takesOverCredentialsThatChange() {
        RedisCredentialsProvider changing = RedisCredentialsProvider.from(() -> RedisCredentials.just("iam", "token"));
        RedisCredentialsProviderFactory provider = new RedisCredentialsProviderFactory() {
            @Override
            public RedisCredentialsProvider createCredentialsProvider(RedisConfiguration configuration) {
                return changing;
            }
        };
        RedisURI uri = uri(target(new LettuceConnectionFactory(
                standalone(),
                LettuceClientConfiguration.builder()
                        .redisCredentialsProviderFactory(provider)
                        .build())));
        assertThat(uri.getCredentialsProvider()).isSameAs(changing);
    }

    @Test
    void takesOverSentinels() {
        RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration()
                .master("mymaster")
                .sentinel("one.example", 1)
                .sentinel("two.example", 2);
        sentinels.setDatabase(4);
        sentinels.setPassword("hush");
        sentinels.setSentinelPassword(RedisPassword.of("other"));
        RedisTarget target = target(new LettuceConnectionFactory(sentinels));
        assertThat(target.deployment()).isEqualTo(Deployment.SINGLE);
        assertThat(target).hasToString("the master \"mymaster\" of 2 sentinels");
        RedisURI uri = uri(target);
        assertThat(uri.getSentinelMasterId()).isEqualTo("mymaster");
        assertThat(uri.getDatabase()).isEqualTo(4);
        assertThat(credentials(uri).getPassword()).containsExactly('h', 'u', 's', 'h');
        assertThat(uri.getSentinels())
                .extracting(RedisURI::getHost)
                .containsExactlyInAnyOrder("one.example", "two.example");
        assertThat(credentials(uri.getSentinels().get(0)).getPassword()).containsExactly('o', 't', 'h', 'e', 'r');
    }

    @Test
    void takesOverACluster() {
        RedisClusterConfiguration cluster = new RedisClusterConfiguration(List.of("one.example:1", "two.example:2"));
        cluster.setUsername("ann");
        cluster.setPassword("hush");
        RedisTarget target = target(new LettuceConnectionFactory(cluster));
        assertThat(target.isCluster()).isTrue();
        assertThat(target.addresses())
                .extracting(uri -> uri.getHost() + ":" + uri.getPort())
                .containsExactlyInAnyOrder("one.example:1", "two.example:2");
        assertThat(target.addresses())
                .allSatisfy(uri -> assertThat(credentials(uri).getUsername()).isEqualTo("ann"));
    }

    @Test
    void takesOverAMasterAndItsReplicas() {
        RedisStaticMasterReplicaConfiguration servers =
                new RedisStaticMasterReplicaConfiguration("one.example", 1).node("two.example", 2);
        servers.setDatabase(2);
        servers.setPassword("hush");
        RedisTarget target = target(new LettuceConnectionFactory(servers));
        assertThat(target.deployment()).isEqualTo(Deployment.MASTER_REPLICA);
        assertThat(target).hasToString("the master of one.example:1, two.example:2");
        assertThat(target.addresses()).hasSize(2).allSatisfy(uri -> {
            assertThat(uri.getDatabase()).isEqualTo(2);
            assertThat(credentials(uri).getPassword()).containsExactly('h', 'u', 's', 'h');
        });
    }

    @Test
    void looksBehindAProxy() {
        ProxyFactory proxy = new ProxyFactory(RedisConnectionFactory.class, new Target(standalone()));
        assertThat(FactoryTarget.of("mine", proxy.getProxy())).hasToString("redis.example:7000");
    }

    private static final class Target extends SingletonTargetSource {
        private static final long serialVersionUID = 1L;

        Target(RedisStandaloneConfiguration server) {
            super(new LettuceConnectionFactory(server));
        }
    }
}
