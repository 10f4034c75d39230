package io.ratelimit.spring.autoconfigure.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.limit.Key;
import io.ratelimit.redis.RedisLimitStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the settings of the application's Redis come to. */
class RedisTargetTest {
    @Configuration(proxyBeanMethods = false)
    static class Target {
        @Bean
        RedisTarget target(
                DataRedisConnectionDetails details,
                ObjectProvider<DataRedisProperties> properties,
                ObjectProvider<ClientResources> resources,
                ObjectProvider<LettuceClientOptionsBuilderCustomizer> customizers) {
            return new DetailsTarget(details, properties, resources, customizers).target();
        }
    }

    private static ApplicationContextRunner application(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
                .withUserConfiguration(Target.class)
                .withPropertyValues(properties);
    }

    @Test
    void takesOverWhatConcernsAConnection() {
        application(
                        "spring.data.redis.host=redis.example",
                        "spring.data.redis.port=7000",
                        "spring.data.redis.database=3",
                        "spring.data.redis.username=ann",
                        "spring.data.redis.password=hush",
                        "spring.data.redis.client-name=shop")
                .run(context -> {
                    RedisTarget target = context.getBean(RedisTarget.class);
                    RedisURI uri = uri(target);
                    assertThat(uri.getHost() + ":" + uri.getPort() + "/" + uri.getDatabase())
                            .isEqualTo("redis.example:7000/3");
                    assertThat(uri.getClientName()).isEqualTo("shop");
                    assertThat(uri.isSsl()).isFalse();
                    assertThat(uri.getCredentialsProvider()
                                    .resolveCredentials()
                                    .block()
                                    .getUsername())
                            .isEqualTo("ann");
                    assertThat(target).hasToString("redis.example:7000");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "spring.data.redis.url=rediss://redis.example:7000, true",
        "spring.data.redis.url=redis://redis.example:7000, false",
        "spring.data.redis.ssl.enabled=true, true"
    })
    void usesTlsWhereTheApplicationDoes(String property, boolean tls) {
        application(property)
                .run(context -> assertThat(
                                uri(context.getBean(RedisTarget.class)).isSsl())
                        .isEqualTo(tls));
    }

    @Test
    void takesCredentialsOutOfAUrl() {
        application("spring.data.redis.url=redis://ann:hush@redis.example:7000/2")
                .run(context -> {
                    RedisTarget target = context.getBean(RedisTarget.class);
                    assertThat(uri(target)
                                    .getCredentialsProvider()
                                    .resolveCredentials()
                                    .block()
                                    .getPassword())
                            .containsExactly('h', 'u', 's', 'h');
                    assertThat(uri(target).getDatabase()).isEqualTo(2);
                    assertThat(target.toString()).doesNotContain("hush");
                });
    }

    @Test
    void asksSentinelsWithCredentialsOfTheirOwn() {
        application(
                        "spring.data.redis.password=hush",
                        "spring.data.redis.database=4",
                        "spring.data.redis.sentinel.master=mymaster",
                        "spring.data.redis.sentinel.nodes=one.example:1,two.example:2",
                        "spring.data.redis.sentinel.password=other")
                .run(context -> {
                    RedisURI uri = uri(context.getBean(RedisTarget.class));
                    assertThat(uri.getSentinelMasterId()).isEqualTo("mymaster");
                    assertThat(uri.getDatabase()).isEqualTo(4);
                    assertThat(uri.getSentinels())
                            .extracting(RedisURI::getHost)
                            .containsExactly("one.example", "two.example");
                    assertThat(uri.getSentinels()
                                    .get(0)
                                    .getCredentialsProvider()
                                    .resolveCredentials()
                                    .block()
                                    .getPassword())
                            .containsExactly('o', 't', 'h', 'e', 'r');
                });
    }

    @ParameterizedTest
    @CsvSource({"10ms, 10", "1s, 1000", "60s, 1500"})
    void waitsForAConnectionNoLongerThanAStartMayTake(String configured, long millis) {
        application("spring.data.redis.connect-timeout=" + configured)
                .run(context -> assertThat(context.getBean(RedisTarget.class).connectTimeout())
                        .isEqualTo(Duration.ofMillis(millis)));
    }

    @Test
    void keepsTheOptionsThatTheApplicationHasChanged() {
        application()
                .withBean(
                        LettuceClientOptionsBuilderCustomizer.class,
                        () -> options -> options.pingBeforeActivateConnection(false))
                .run(context -> assertThat(
                                context.getBean(RedisTarget.class).options().isPingBeforeActivateConnection())
                        .isFalse());
    }

    @Test
    void changesTheOptionsOfAClusterAsTheApplicationDoes() {
        application("spring.data.redis.cluster.nodes=one.example:1")
                .withBean(
                        LettuceClientOptionsBuilderCustomizer.class,
                        () -> options -> ((ClusterClientOptions.Builder) options)
                                .maxRedirects(9)
                                .pingBeforeActivateConnection(false))
                .run(context -> assertThat(
                                context.getBean(RedisTarget.class).options().isPingBeforeActivateConnection())
                        .isFalse());
    }

    @Test
    void prefersSentinelsToAClusterAsTheApplicationDoes() {
        application(
                        "spring.data.redis.sentinel.master=mymaster",
                        "spring.data.redis.sentinel.nodes=127.0.0.1:1",
                        "spring.data.redis.cluster.nodes=127.0.0.1:2",
                        "spring.data.redis.masterreplica.nodes=127.0.0.1:3")
                .run(context -> {
                    RedisTarget target = context.getBean(RedisTarget.class);
                    assertThat(target).hasToString("the master \"mymaster\" of 1 sentinels");
                    try (RedisLimitStore store = target.builder().build()) {
                        assertThat(store.shardOf(new Key("ann", "login")))
                                .as("of one server")
                                .isEmpty();
                    }
                });
    }

    @Test
    void findsAClusterByTheNodesOfTheApplication() {
        application(
                        "spring.data.redis.cluster.nodes=one.example:1,two.example:2",
                        "spring.data.redis.username=ann",
                        "spring.data.redis.password=hush")
                .run(context -> {
                    RedisTarget target = context.getBean(RedisTarget.class);
                    assertThat(target.addresses())
                            .extracting(uri -> uri.getHost() + ":" + uri.getPort())
                            .containsExactly("one.example:1", "two.example:2");
                    assertThat(target.addresses())
                            .allSatisfy(uri -> assertThat(uri.getCredentialsProvider()
                                            .resolveCredentials()
                                            .block()
                                            .getUsername())
                                    .isEqualTo("ann"));
                    assertThat(target).hasToString("the cluster of one.example:1, two.example:2");
                });
    }

    @Test
    void findsTheMasterAmongTheServersOfTheApplication() {
        application("spring.data.redis.masterreplica.nodes=one.example:1,two.example:2")
                .run(context -> {
                    RedisTarget target = context.getBean(RedisTarget.class);
                    assertThat(target.addresses()).hasSize(2);
                    assertThat(target).hasToString("the master of one.example:1, two.example:2");
                });
    }

    private static RedisURI uri(RedisTarget target) {
        return target.addresses().get(0);
    }
}
