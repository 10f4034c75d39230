package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told about its quota in the headers of a limited response: the decision over all phases so far.
 *
 * @param style which headers say it
 * @param shown the decision; {@code null} if nothing was counted and nothing is told
 * @param askedMicros the application's clock when the binding limit was asked, in microseconds since the epoch: a client may
 *     know it, but not the store's
 */
public record QuotaHeaders(HeaderStyle style, @Nullable Decision shown, long askedMicros) {
    static final QuotaHeaders NOTHING = new QuotaHeaders(HeaderStyle.NONE, null, 0);

    private static final String LIMIT = "X-RateLimit-Limit";
    private static final String REMAINING = "X-RateLimit-Remaining";
    private static final String RESET = "X-RateLimit-Reset";
    private static final long MICROS = TimeUnit.SECONDS.toMicros(1);

    /** Writes the headers, in place of those of an earlier phase. */
    public void writeTo(BiConsumer<String, String> response) {
        Decision decision = shown;
        if (decision == null) {
            return;
        }
        if (style.writesXRateLimit()) {
            response.accept(LIMIT, Long.toString(decision.limit()));
            response.accept(REMAINING, Long.toString(decision.remaining()));
            response.accept(RESET, Long.toString(epochSeconds(decision.resetAfter())));
        }
        if (style.writesIetf()) {
            IetfHeaders.write(decision, response);
        }
    }

    /** Rounds up, so that the client does not come a moment too early. */
    private long epochSeconds(Duration later) {
        return Math.floorDiv(
                askedMicros + later.toSeconds() * MICROS + later.toNanosPart() / 1_000 + MICROS - 1, MICROS);
    }

    /** Returns the names of all headers that may be written to a limited response. */
    static List<String> names(HeaderStyle style) {
        List<String> names = new ArrayList<>();
        if (style.writesXRateLimit()) {
            names.addAll(List.of(LIMIT, REMAINING, RESET));
        }
        if (style.writesIetf()) {
            names.addAll(List.of(IetfHeaders.STATUS, IetfHeaders.POLICY));
        }
        names.add(RateLimitDenial.RETRY_AFTER);
        return names;
    }
}
