package io.ratelimit.spring.web.servlet;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A server to test against. By default a covering selection; all eight with {@code -Dratelimit.test.setups=all}. */
enum Setup {
    TOMCAT(Container.TOMCAT, false, ""),
    TOMCAT_SECURITY_CONTEXT(Container.TOMCAT, true, "/ctx"),
    JETTY_CONTEXT(Container.JETTY, false, "/ctx"),
    JETTY_SECURITY(Container.JETTY, true, ""),
    TOMCAT_CONTEXT(Container.TOMCAT, false, "/ctx"),
    TOMCAT_SECURITY(Container.TOMCAT, true, ""),
    JETTY(Container.JETTY, false, ""),
    JETTY_SECURITY_CONTEXT(Container.JETTY, true, "/ctx");

    enum Container {
        TOMCAT,
        JETTY
    }

    private static final List<Setup> COVERING = List.of(TOMCAT, TOMCAT_SECURITY_CONTEXT, JETTY_CONTEXT, JETTY_SECURITY);

    final Container container;
    final boolean security;
    final String contextPath;

    Setup(Container container, boolean security, String contextPath) {
        this.container = container;
        this.security = security;
        this.contextPath = contextPath;
    }

    static Stream<Setup> selected() {
        return "all".equals(System.getProperty("ratelimit.test.setups")) ? Arrays.stream(values()) : COVERING.stream();
    }

    static Stream<Setup> withSecurity() {
        return selected().filter(setup -> setup.security);
    }

    static Stream<Setup> withoutSecurity() {
        return selected().filter(setup -> !setup.security);
    }
}
