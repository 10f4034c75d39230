package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/**
 * Lets scripts of other origins read the quota headers: as soon as the application allows the origin, by whatever means, the
 * headers are exposed to it too.
 */
final class ExposingResponse extends HttpServletResponseWrapper {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String EXPOSE_HEADERS = "Access-Control-Expose-Headers";

    private final String names;
    private boolean exposed;

    /** Exposes headers by their names, which are separated by commas. */
    ExposingResponse(HttpServletResponse response, String names) {
        super(response);
        this.names = names;
        if (allowsOrigin(response)) {
            expose();
        }
    }

    static boolean allowsOrigin(HttpServletResponse response) {
        return response.containsHeader(ALLOW_ORIGIN);
    }

    @Override
    public void setHeader(String name, String value) {
        super.setHeader(name, value);
        if (ALLOW_ORIGIN.equalsIgnoreCase(name)) {
            exposeOnce();
        } else if (exposed && EXPOSE_HEADERS.equalsIgnoreCase(name)) {
            // What was there is gone, ours included.
            expose();
        }
    }

    @Override
    public void addHeader(String name, String value) {
        super.addHeader(name, value);
        if (ALLOW_ORIGIN.equalsIgnoreCase(name)) {
            exposeOnce();
        }
    }

    private void exposeOnce() {
        if (!exposed) {
            expose();
        }
    }

    private void expose() {
        exposed = true;
        // Another line of the same list: what the application exposes itself stays.
        super.addHeader(EXPOSE_HEADERS, names);
    }
}
