package io.ratelimit.spring.autoconfigure.web;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Says in one line at start that the container rewrites addresses before we see them. */
record ForwardedHeadersReport(Environment environment) implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(ForwardedHeadersReport.class);
    private static final String STRATEGY = "server.forward-headers-strategy";

    @Override
    public void afterSingletonsInstantiated() {
        String strategy = environment.getProperty(STRATEGY);
        if (StringUtils.hasText(strategy)) {
            if (strategy.strip().equalsIgnoreCase("native")) {
                warn(STRATEGY + " is native");
            }
            return;
        }
        // As Boot decides where nothing is set.
        CloudPlatform platform = CloudPlatform.getActive(environment);
        if (platform != null && platform.isUsingForwardHeaders()) {
            warn(STRATEGY + " is not set, which on " + platform + " means native");
        }
    }

    private static void warn(String why) {
        log.warn(
                "{}: the container itself takes the client's address from forwarded headers, Tomcat from those of any"
                        + " private address and Jetty from anybody's, whatever proxies are trusted here; set it to framework or none, and list the proxies in"
                        + " ratelimit.identity.ip.trusted-proxies",
                why);
    }
}
