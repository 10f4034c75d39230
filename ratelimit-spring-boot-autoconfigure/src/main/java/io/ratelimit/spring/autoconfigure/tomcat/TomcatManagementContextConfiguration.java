package io.ratelimit.spring.autoconfigure.tomcat;

import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import org.apache.catalina.Valve;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/** Lets the Tomcat of a management port keep what it knows of a connection: it believes forwarded headers as the other one does. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnRateLimit
@ConditionalOnClass({TomcatWebServerFactory.class, Valve.class})
@ConditionalOnBean(RateLimitWeb.class)
final class TomcatManagementContextConfiguration {
    @Bean("io.ratelimit.rateLimitManagementKeepingCustomizer")
    KeepingCustomizer rateLimitKeepingCustomizer(RateLimitProperties properties) {
        return new KeepingCustomizer(properties.identity().ip().forwardedHeader());
    }
}
