package io.ratelimit.sample;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the meters of a process say at one moment. */
record Meters(String scraped) {
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*)})? (\\S+)$", Pattern.MULTILINE);
    private static final double OPEN = 2;

    static Meters of(SampleProcess process) throws IOException {
        return new Meters(process.get("/actuator/prometheus").body());
    }

    boolean isCircuitClosed() {
        return largest("ratelimit_circuit_state", "") == 0;
    }

    boolean isCircuitOpen() {
        return largest("ratelimit_circuit_state", "") == OPEN;
    }

    /** Returns the sum of the samples of a meter whose tags contain a text. */
    double sum(String meter, String tag) {
        double sum = 0;
        for (Matcher sample = SAMPLE.matcher(scraped); sample.find(); ) {
            if (isOf(sample, meter, tag)) {
                sum += Double.parseDouble(sample.group(3));
            }
        }
        return sum;
    }

    /** Returns the largest of the samples of a meter whose tags contain a text; 0 if there is none. */
    double largest(String meter, String tag) {
        double largest = 0;
        for (Matcher sample = SAMPLE.matcher(scraped); sample.find(); ) {
            if (isOf(sample, meter, tag)) {
                largest = Math.max(largest, Double.parseDouble(sample.group(3)));
            }
        }
        return largest;
    }

    /** Returns the sums of the samples of a meter by the values of a tag. */
    Map<String, Double> byTag(String meter, String tag) {
        Map<String, Double> sums = new HashMap<>();
        Pattern value = Pattern.compile(tag + "=\"([^\"]*)\"");
        for (Matcher sample = SAMPLE.matcher(scraped); sample.find(); ) {
            if (isOf(sample, meter, tag + "=")) {
                Matcher found = value.matcher(sample.group(2));
                if (found.find()) {
                    sums.merge(found.group(1), Double.parseDouble(sample.group(3)), Double::sum);
                }
            }
        }
        return sums;
    }

    private static boolean isOf(Matcher sample, String meter, String tag) {
        return sample.group(1).equals(meter)
                && (tag.isEmpty() || (sample.group(2) != null && sample.group(2).contains(tag)));
    }
}
