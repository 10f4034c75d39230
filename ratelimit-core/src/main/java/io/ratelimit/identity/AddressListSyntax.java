package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/** Addresses between commas, as in {@code X-Forwarded-For: 192.0.2.1, 10.0.0.1}. */
final class AddressListSyntax implements ForwardedSyntax {
    @Override
    public int startOfElement(String line, int end, int least) {
        for (int i = end - 1; i >= least; i--) {
            if (line.charAt(i) == ',') {
                return i + 1;
            }
        }
        return least == 0 ? 0 : -1;
    }

    @Override
    public @Nullable IpAddress address(String line, int from, int to) {
        return ForwardedNode.parse(line, from, to);
    }
}
