package io.ratelimit.identity;

import java.util.Objects;

/**
 * How the address of a client is found and grouped.
 *
 * @param trustedProxies the proxies whose header is believed
 * @param forwardedHeader the one header that they write; {@code Forwarded} is read as RFC 7239, any other one as addresses
 *     between commas. The proxies must append to it or replace it: what they leave alone, anybody can forge
 * @param ipv4Prefix the leading bits of an IPv4 address that are counted, 1 to 32
 * @param ipv6Prefix the leading bits of an IPv6 address that are counted, 1 to 128; a single customer usually has at least
 *     a /64
 */
public record ClientAddressSettings(
        AddressBlocks trustedProxies, String forwardedHeader, int ipv4Prefix, int ipv6Prefix) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if a prefix is out of range or the header's name is none
     */
    public ClientAddressSettings {
        Objects.requireNonNull(trustedProxies, "trustedProxies");
        HttpToken.headerName("forwarded-header", forwardedHeader, "X-Forwarded-For");
        IpAddress.checkedPrefix("ipv4-prefix", ipv4Prefix, 1, IpAddress.IPV4_BITS);
        IpAddress.checkedPrefix("ipv6-prefix", ipv6Prefix, 1, IpAddress.IPV6_BITS);
    }

    /** Returns the settings where nothing is configured: no proxy is trusted, IPv4 by address, IPv6 by /64. */
    public static ClientAddressSettings defaults() {
        return trusting(AddressBlocks.none());
    }

    /** Returns the defaults behind proxies that append to {@code X-Forwarded-For}. */
    public static ClientAddressSettings trusting(AddressBlocks proxies) {
        return new ClientAddressSettings(proxies, "X-Forwarded-For", IpAddress.IPV4_BITS, 64);
    }
}
