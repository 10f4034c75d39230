package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TlsFront;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A Redis behind TLS is asked if it is the one that the application means, and no other. */
@ExtendWith(OutputCaptureExtension.class)
class RedisTlsTest {
    private static final TlsFront FRONT = TlsFront.of(RedisFixture.shared());
    private static final String TRUSTING = "spring.data.redis.ssl.bundle=redis";

    @AfterAll
    static void close() {
        FRONT.close();
    }

    @Test
    void countsInARedisWhoseCertificateTheApplicationTrusts() {
        assertDecidedBy("redis", TlsFront.HOST, TRUSTING);
    }

    @Test
    void sendsNothingToOneWhoseCertificateItDoesNotTrust(CapturedOutput output) {
        assertDecidedBy("fallback", TlsFront.HOST, "spring.data.redis.ssl.enabled=true");
        assertThat(output).contains("was lost: its certificate is not trusted, or is not valid today, at localhost:");
    }

    @Test
    void sendsNothingToOneWhoseCertificateIsForAnotherHost(CapturedOutput output) {
        assertDecidedBy("fallback", "127.0.0.1", TRUSTING);
        assertThat(output).contains("was lost: its certificate is for another host name, at 127.0.0.1:");
    }

    @Test
    void saysThatAHostNameIsUnknown(CapturedOutput output) {
        assertDecidedBy("fallback", "redis.invalid", TRUSTING);
        assertThat(output).contains("was lost: its host name is unknown, at redis.invalid:");
    }

    private static void assertDecidedBy(String source, String host, String... more) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
                .withConfiguration(AutoConfigurations.of(Startup.ours()))
                .withPropertyValues(
                        "spring.data.redis.host=" + host,
                        "spring.data.redis.port=" + FRONT.port(),
                        "spring.ssl.bundle.jks.redis.truststore.location=file:" + FRONT.store(),
                        "spring.ssl.bundle.jks.redis.truststore.password=" + TlsFront.PASSWORD,
                        "ratelimit.redis.timeout=10s",
                        "ratelimit.redis.circuit-breaker.slow-call-duration=9s",
                        "ratelimit.rules[0].id=jobs",
                        "ratelimit.rules[0].key=global",
                        "ratelimit.rules[0].limit=2/1h")
                .withPropertyValues(more)
                .run(context -> assertThat(context.getBean(RateLimiterRegistry.class)
                                .limiter("jobs")
                                .acquire("")
                                .source()
                                .id())
                        .isEqualTo(source));
    }
}
