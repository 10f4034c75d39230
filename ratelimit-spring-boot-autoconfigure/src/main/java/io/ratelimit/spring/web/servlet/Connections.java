package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Reads from a container's own request what came over the connection, not what the container has made of it: with
 * {@code server.forward-headers-strategy: native} it puts the address that a header claims in place of the true one.
 */
final class Connections {
    private static final boolean JETTY = ClassUtils.isPresent(
            "org.eclipse.jetty.ee11.servlet.ServletApiRequest", Connections.class.getClassLoader());

    private Connections() {}

    /** Returns the literal of the address at the other end; empty if the container does not know it. */
    static String address(HttpServletRequest container) {
        String address = knownAddress(container);
        return address == null ? "" : address;
    }

    private static @Nullable String knownAddress(HttpServletRequest container) {
        KeptConnection kept = KeptConnection.of(container);
        if (kept != null) {
            return kept.address();
        }
        String ofJetty = JETTY ? JettyConnection.address(container) : null;
        return ofJetty == null ? container.getRemoteAddr() : ofJetty;
    }

    static int port(HttpServletRequest container) {
        KeptConnection kept = KeptConnection.of(container);
        if (kept != null) {
            return kept.port();
        }
        Integer ofJetty = JETTY ? JettyConnection.port(container) : null;
        return ofJetty == null ? container.getRemotePort() : ofJetty;
    }

    /** Returns the lines of a header in the order received. */
    static List<String> headers(HttpServletRequest container, String name) {
        KeptConnection kept = KeptConnection.of(container);
        List<String> untouched = kept == null ? null : kept.lines(name);
        if (untouched != null) {
            return untouched;
        }
        Enumeration<String> lines = container.getHeaders(name);
        return lines == null ? List.of() : Collections.list(lines);
    }
}
