package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiConsumer;

/** Writes the two structured fields of draft-ietf-httpapi-ratelimit-headers-11, one item a limit. */
final class IetfHeaders {
    static final String POLICY = "RateLimit-Policy";
    static final String STATUS = "RateLimit";

    /** The largest integer of RFC 9651. */
    private static final long LARGEST = 999_999_999_999_999L;

    private IetfHeaders() {}

    static void write(Decision decision, BiConsumer<String, String> response) {
        List<LimitDecision> limits = decision.limits();
        List<String> names = PolicyNames.of(limits);
        StringJoiner policies = new StringJoiner(", ");
        StringJoiner states = new StringJoiner(", ");
        for (int i = 0; i < limits.size(); i++) {
            LimitDecision limit = limits.get(i);
            String name = quoted(names.get(i));
            policies.add(name + ";q=" + integer(limit.limit().capacity()) + ";w="
                    + seconds(limit.limit().fillTime()));
            states.add(name + ";r=" + integer(limit.remaining()) + ";t=" + seconds(limit.resetAfter()));
        }
        response.accept(POLICY, policies.toString());
        response.accept(STATUS, states.toString());
    }

    private static long seconds(Duration duration) {
        return integer(Math.max(1, duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0)));
    }

    private static long integer(long value) {
        return Math.min(value, LARGEST);
    }

    /** Writes a String of RFC 9651. A rule's id is harmless; other names lose what cannot stand in one. */
    private static String quoted(String name) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            text.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? '_' : c);
        }
        return text.append('"').toString();
    }
}
