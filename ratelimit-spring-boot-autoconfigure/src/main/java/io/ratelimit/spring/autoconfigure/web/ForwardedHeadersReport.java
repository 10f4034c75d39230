package io.ratelimit.spring.autoconfigure.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Says in one line at start that addresses in headers do not count, where the application expects them and trusts no proxy.
 *
 * @param environment tells what the application expects
 * @param proxies the proxies that are trusted here
 */
record ForwardedHeadersReport(Environment environment, List<String> proxies) implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(ForwardedHeadersReport.class);
    private static final String STRATEGY = "server.forward-headers-strategy";

    @Override
    public void afterSingletonsInstantiated() {
        String expected = expected();
        if (expected != null && proxies.isEmpty()) {
            log.warn(
                    "{}, but ratelimit.identity.ip.trusted-proxies is empty: the limiter believes no forwarded header, so that"
                            + " everybody behind a proxy is counted by the proxy's address; list the proxies there",
                    expected);
        }
    }

    private @Nullable String expected() {
        String strategy = environment.getProperty(STRATEGY);
        if (StringUtils.hasText(strategy)) {
            return strategy.strip().equalsIgnoreCase("none") ? null : STRATEGY + " is " + strategy.strip();
        }
        // As Boot decides where nothing is set.
        CloudPlatform platform = CloudPlatform.getActive(environment);
        return platform != null && platform.isUsingForwardHeaders()
                ? STRATEGY + " is not set, which on " + platform + " means native"
                : null;
    }
}
