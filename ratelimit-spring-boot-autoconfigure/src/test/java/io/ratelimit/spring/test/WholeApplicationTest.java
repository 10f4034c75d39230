package io.ratelimit.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.store.LimitStore;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

/** A whole application whose configuration says Redis, with counters of the test's own. */
@SpringBootTest(
        properties = {
            "ratelimit.backend=redis",
            "spring.data.redis.host=nowhere.invalid",
            "ratelimit.rules[0].id=mail",
            "ratelimit.rules[0].limit=1/1h"
        })
@AutoConfigureTestLimits
class WholeApplicationTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Autowired
    private RateLimiterRegistry registry;

    @Autowired
    private ManualTicker ticker;

    @Autowired
    private LimitStore store;

    @RepeatedTest(3)
    void countsAfreshInEachMethod() {
        assertThat(store).isInstanceOf(TestLimits.class);
        assertThat(registry.limiter("mail").tryAcquire("anyone")).isTrue();
        assertThat(registry.limiter("mail").tryAcquire("anyone")).isFalse();
        ticker.advance(Duration.ofHours(1));
        assertThat(registry.limiter("mail").tryAcquire("anyone")).isTrue();
    }
}
