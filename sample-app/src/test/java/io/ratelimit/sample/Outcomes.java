package io.ratelimit.sample;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the meters of some processes say became of a rule's requests.
 *
 * @param admitted requests that were let through, at once or after a delay
 * @param denied requests that were refused
 * @param elsewhere decisions that did not come from Redis
 */
record Outcomes(long admitted, long denied, long elsewhere) {
    private static final Pattern SAMPLE =
            Pattern.compile("^ratelimit_requests_total\\{(.*)} (\\S+)$", Pattern.MULTILINE);

    static Outcomes of(List<SampleProcess> processes, String rule) throws IOException {
        long admitted = 0;
        long denied = 0;
        long elsewhere = 0;
        for (SampleProcess process : processes) {
            Matcher sample = SAMPLE.matcher(process.get("/actuator/prometheus").body());
            while (sample.find()) {
                String tags = sample.group(1);
                long count = (long) Double.parseDouble(sample.group(2));
                if (!tags.contains("rule=\"" + rule + "\"")) {
                    continue;
                }
                if (!tags.contains("source=\"redis\"")) {
                    elsewhere += count;
                }
                if (tags.contains("outcome=\"denied\"")) {
                    denied += count;
                } else {
                    admitted += count;
                }
            }
        }
        return new Outcomes(admitted, denied, elsewhere);
    }

    long decided() {
        return admitted + denied;
    }
}
