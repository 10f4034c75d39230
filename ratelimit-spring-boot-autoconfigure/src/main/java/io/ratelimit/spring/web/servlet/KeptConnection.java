package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a request's connection and what was forwarded over it, kept before the container puts there what
 * it believes. Only for a container that forgets the truth, as Tomcat does with
 * {@code server.forward-headers-strategy: native}; the auto-configuration sees to it.
 *
 * <p>Immutable. Kept in an attribute of the request, where only code of the application can put it.
 */
public final class KeptConnection {
    private static final String ATTRIBUTE = KeptConnection.class.getName();

    private final @Nullable String address;
    private final int port;
    private final String header;
    private final List<String> lines;

    private KeptConnection(@Nullable String address, int port, String header, List<String> lines) {
        this.address = address;
        this.port = port;
        this.header = header;
        this.lines = lines;
    }

    /**
     * Keeps what a request says now, to be called before anything rewrites it.
     *
     * @param request the container's own request
     * @param forwardedHeader the header whose lines are kept
     */
    public static void keep(HttpServletRequest request, String forwardedHeader) {
        request.setAttribute(
                ATTRIBUTE,
                new KeptConnection(
                        request.getRemoteAddr(),
                        request.getRemotePort(),
                        forwardedHeader.toLowerCase(Locale.ROOT),
                        Collections.list(request.getHeaders(forwardedHeader))));
    }

    static @Nullable KeptConnection of(HttpServletRequest container) {
        return container.getAttribute(ATTRIBUTE) instanceof KeptConnection kept ? kept : null;
    }

    @Nullable
    String address() {
        return address;
    }

    int port() {
        return port;
    }

    /** Returns the lines of a header; {@code null} if this is not the one that is kept. */
    @Nullable
    List<String> lines(String name) {
        return header.equals(name.toLowerCase(Locale.ROOT)) ? lines : null;
    }
}
