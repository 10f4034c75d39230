package io.ratelimit.identity;

/** Writes addresses canonically: one text for each address. */
final class IpText {
    private static final int GROUPS = 8;

    private IpText() {}

    static String ipv4(long bits) {
        return (bits >>> 24 & 0xff) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }

    /** As in RFC 5952: lower case, no leading zeros, and the first of the longest runs of zero groups left out. */
    static String ipv6(long high, long low) {
        int gap = GROUPS;
        int gapLength = 1; // A single zero group is written out.
        for (int i = 0; i < GROUPS; i++) {
            int run = zeroGroups(high, low, i);
            if (run > gapLength) {
                gap = i;
                gapLength = run;
            }
            i += run;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < gap; i++) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString(group(high, low, i)));
        }
        if (gap < GROUPS) {
            text.append("::");
        }
        for (int i = gap + gapLength; i < GROUPS; i++) {
            text.append(i == gap + gapLength ? "" : ":").append(Integer.toHexString(group(high, low, i)));
        }
        return text.toString();
    }

    private static int zeroGroups(long high, long low, int from) {
        int end = from;
        while (end < GROUPS && group(high, low, end) == 0) {
            end++;
        }
        return end - from;
    }

    private static int group(long high, long low, int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (16 * (3 - index % 4))) & 0xffff;
    }
}
