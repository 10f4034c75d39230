package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells a client about its quota in the headers of every limited response. */
final class QuotaHeaders {
    static final String LIMIT = "X-RateLimit-Limit";
    static final String REMAINING = "X-RateLimit-Remaining";
    static final String RESET = "X-RateLimit-Reset";
    static final String RETRY_AFTER = "Retry-After";

    private final HeaderStyle style;

    QuotaHeaders(HeaderStyle style) {
        this.style = style;
    }

    /** Writes the headers of the decision over all phases so far, in place of those of an earlier phase. */
    void write(@Nullable Decision shown, @Nullable HttpServletResponse response) {
        if (shown == null || response == null || response.isCommitted()) {
            return;
        }
        if (style.writesXRateLimit()) {
            response.setHeader(LIMIT, Long.toString(shown.limit()));
            response.setHeader(REMAINING, Long.toString(shown.remaining()));
            response.setHeader(RESET, Long.toString(shown.binding().resetEpochSeconds()));
        }
        if (style.writesIetf()) {
            IetfHeaders.write(shown, response);
        }
    }

    /** Returns the names of all headers that may be written. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        if (style.writesXRateLimit()) {
            names.addAll(List.of(LIMIT, REMAINING, RESET));
        }
        if (style.writesIetf()) {
            names.addAll(List.of(IetfHeaders.STATUS, IetfHeaders.POLICY));
        }
        names.add(RETRY_AFTER);
        return names;
    }
}
