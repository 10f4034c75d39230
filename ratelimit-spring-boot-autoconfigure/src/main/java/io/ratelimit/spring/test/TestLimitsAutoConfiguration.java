package io.ratelimit.spring.test;

import io.ratelimit.limit.ManualTicker;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.store.LimitStore;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Counts in {@link TestLimits}, unless the test has a store of its own. */
@AutoConfiguration(
        beforeName = {
            "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
            "io.ratelimit.spring.autoconfigure.redis.RedisRateLimitAutoConfiguration"
        })
@ConditionalOnRateLimit
@ConditionalOnMissingBean(LimitStore.class)
final class TestLimitsAutoConfiguration {
    @Bean("io.ratelimit.rateLimitManualTicker")
    @ConditionalOnMissingBean
    ManualTicker rateLimitManualTicker() {
        return new ManualTicker(TestLimits.START_EPOCH_MICROS);
    }

    @Bean("io.ratelimit.rateLimitTestLimits")
    TestLimits rateLimitTestLimits(ManualTicker ticker) {
        return new TestLimits(ticker);
    }
}
