package io.ratelimit.spring.web;

import java.nio.charset.StandardCharsets;

/**
 * Writes a denial as an RFC 9457 problem. By hand, because a JSON library is optional on the class path and the body is five
 * members long.
 */
final class ProblemBody {
    private ProblemBody() {}

    static byte[] of(RateLimitDenial denial) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"type\":");
        string(denial.reason().type(), json);
        json.append(",\"title\":");
        string(denial.reason().title(), json);
        json.append(",\"status\":").append(denial.reason().status()).append(",\"detail\":");
        string(denial.detail(), json);
        if (denial.decision().isPresent()) {
            json.append(",\"violated-policies\":[");
            String separator = "";
            for (String policy : denial.violatedPolicies()) {
                json.append(separator);
                string(policy, json);
                separator = ",";
            }
            json.append(']');
        }
        denial.retryAfterSeconds()
                .ifPresent(seconds -> json.append(",\"retryAfter\":").append(seconds));
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Escapes what JSON demands, and what would matter if the body ended up inside a page. */
    private static void string(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > '~' || c == '<' || c == '>' || c == '&') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
