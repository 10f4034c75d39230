package io.ratelimit.spring.autoconfigure.tomcat;

import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Valve;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Puts our valve in front of all others. It comes last, when the others are there.
 *
 * @param forwardedHeader the header that the valve keeps
 */
record KeepingCustomizer(String forwardedHeader)
        implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {
    @Override
    public void customize(TomcatWebServerFactory factory) {
        List<Valve> valves = new ArrayList<>();
        valves.add(new KeepingValve(forwardedHeader));
        valves.addAll(factory.getEngineValves());
        factory.setEngineValves(valves);
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
