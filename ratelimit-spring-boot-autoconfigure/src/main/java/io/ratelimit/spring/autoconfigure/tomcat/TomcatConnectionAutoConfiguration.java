package io.ratelimit.spring.autoconfigure.tomcat;

import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import org.apache.catalina.Valve;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/** Lets Tomcat keep what it knows of a connection. */
@AutoConfiguration(afterName = "io.ratelimit.spring.autoconfigure.web.RateLimitWebAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass({TomcatWebServerFactory.class, Valve.class})
@ConditionalOnBean(RateLimitWeb.class)
final class TomcatConnectionAutoConfiguration {
    @Bean("io.ratelimit.rateLimitKeepingCustomizer")
    KeepingCustomizer rateLimitKeepingCustomizer(RateLimitProperties properties) {
        return new KeepingCustomizer(properties.identity().ip().forwardedHeader());
    }
}
