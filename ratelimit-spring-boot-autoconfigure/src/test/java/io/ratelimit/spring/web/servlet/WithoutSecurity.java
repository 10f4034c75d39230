package io.ratelimit.spring.web.servlet;

import io.ratelimit.rule.Phase;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One filter decides both phases. */
@Configuration(proxyBeanMethods = false)
class WithoutSecurity {
    @Bean
    FilterRegistrationBean<Filter> limiter(Switchboard board) {
        return TestApplication.registered("limiter", -101, board.limiting(EnumSet.allOf(Phase.class)));
    }
}
