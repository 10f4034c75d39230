package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address. It only comes from a literal: no name is ever looked up.
 *
 * <p>An IPv4-mapped IPv6 address ({@code ::ffff:192.0.2.1}) is the IPv4 address, so the two spellings of one client are
 * equal. Immutable and safe for any number of threads.
 */
public final class IpAddress {
    static final int IPV4_BITS = 32;
    static final int IPV6_BITS = 128;

    private static final int MAPPED_PREFIX_BITS = IPV6_BITS - IPV4_BITS;
    private static final long LAST_32 = 0xffff_ffffL;
    private static final long MAPPED_PREFIX = 0xffffL << IPV4_BITS;

    // IPv4 is kept in its IPv4-mapped form, so that all arithmetic is on 128 bits.
    private final long high;
    private final long low;

    private IpAddress(long high, long low) {
        this.high = high;
        this.low = low;
    }

    static IpAddress ofIpv4(long bits) {
        return new IpAddress(0, MAPPED_PREFIX | bits);
    }

    static IpAddress ofIpv6(long high, long low) {
        return new IpAddress(high, low);
    }

    /**
     * Reads a literal.
     *
     * <p>IPv4 has four decimal numbers without leading zeros: octal, hexadecimal and short forms mean different addresses to
     * different programs and are refused. IPv6 is as in RFC 4291, section 2.2, also with an IPv4 address at its end. A zone
     * ({@code fe80::1%eth0}) means something to one machine only and is dropped. Nothing may stand around the literal: no
     * blank, bracket, port or prefix.
     *
     * @param text the literal
     * @return the address; empty if the text is no literal
     */
    public static Optional<IpAddress> parse(String text) {
        return Optional.ofNullable(parse(text, 0, text.length()));
    }

    static @Nullable IpAddress parse(String text, int from, int to) {
        return IpLiteral.parse(text, from, to);
    }

    /** Returns whether this is an IPv4 address. */
    public boolean isIpv4() {
        return high == 0 && low >>> IPV4_BITS == 0xffff;
    }

    /**
     * Returns the IPv4 address that an IPv6 address stands for, where translators and tunnels put one into it, or this address.
     * Nobody may be trusted for it: unlike the address of a connection, it was made up by whoever made up the IPv6 address.
     */
    IpAddress carried() {
        if (high == 0x0064_ff9b_0000_0000L && low >>> IPV4_BITS == 0) { // NAT64, RFC 6052
            return ofIpv4(low);
        }
        if (high >>> 16 == 0x0064_ff9b_0001L) { // NAT64 of one network, RFC 8215
            return ofIpv4(translated());
        }
        // ::a.b.c.d, but neither :: nor ::1, and ::ffff:0:a.b.c.d (RFC 2765)
        if (high == 0 && (low >>> IPV4_BITS == 0xffff_0000L || (low >>> IPV4_BITS == 0 && low > 1))) {
            return ofIpv4(low & LAST_32);
        }
        if (high >>> IPV4_BITS == 0x2001_0000L) { // Teredo, RFC 4380: the client's address, inverted
            return ofIpv4(~low & LAST_32);
        }
        return high >>> 48 == 0x2002 ? ofIpv4(high >>> 16 & LAST_32) : this; // 6to4, RFC 3056: all of a site
    }

    /**
     * Returns the IPv4 address behind a prefix of 48, 56, 64 or 96 bits, which the network chooses. Section 2.2 of RFC 6052
     * leaves out bits 64 to 71 and has zeros behind the address, which tells the four apart.
     */
    private long translated() {
        if (low << 24 == 0) {
            return (high & 0xffff) << 16 | (low >>> 40 & 0xffff);
        }
        if (low << 32 == 0) {
            return (high & 0xff) << 24 | (low >>> 32 & 0xff_ffff);
        }
        return (low << 40 == 0 ? low >>> 24 : low) & LAST_32;
    }

    /** Returns whether this is an IPv6 address of one link or one network, where each machine has one of its own. */
    boolean isLocalIpv6() {
        return high >>> 54 == 0xfe80 >>> 6 || high >>> 57 == 0xfc00 >>> 9;
    }

    /**
     * Returns the first address of the block that this address is in.
     *
     * @param ipv4Prefix the leading bits that an IPv4 address keeps, 0 to 32
     * @param ipv6Prefix the leading bits that an IPv6 address keeps, 0 to 128
     * @throws IllegalArgumentException if a prefix is out of range
     */
    public IpAddress masked(int ipv4Prefix, int ipv6Prefix) {
        int bits = isIpv4()
                ? MAPPED_PREFIX_BITS + checkedPrefix("ipv4-prefix", ipv4Prefix, 0, IPV4_BITS)
                : checkedPrefix("ipv6-prefix", ipv6Prefix, 0, IPV6_BITS);
        return bits == IPV6_BITS ? this : new IpAddress(high & highMask(bits), low & lowMask(bits));
    }

    static int checkedPrefix(String name, int prefix, int least, int most) {
        if (prefix < least || prefix > most) {
            throw new InvalidValueException(name, prefix, "a whole number from " + least + " to " + most);
        }
        return prefix;
    }

    /** Returns whether both are of one family and agree in the leading bits of it. */
    boolean sharesPrefix(IpAddress other, int prefix) {
        boolean ipv4 = isIpv4();
        int bits = ipv4 ? MAPPED_PREFIX_BITS + prefix : prefix;
        return ipv4 == other.isIpv4()
                && ((high ^ other.high) & highMask(bits)) == 0
                && ((low ^ other.low) & lowMask(bits)) == 0;
    }

    /** Orders IPv6 before IPv4, and within a family by number. */
    int compareTo(IpAddress other) {
        int byFamily = Boolean.compare(isIpv4(), other.isIpv4());
        if (byFamily != 0) {
            return byFamily;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    int bits() {
        return isIpv4() ? IPV4_BITS : IPV6_BITS;
    }

    // Java shifts a long by at most 63 bits, so the borders need cases of their own.
    private static long highMask(int bits) {
        return bits >= 64 ? -1L : bits == 0 ? 0 : -1L << (64 - bits);
    }

    private static long lowMask(int bits) {
        return bits <= 64 ? 0 : -1L << (IPV6_BITS - bits);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Objects.hash(high, low);
    }

    /** Returns the canonical literal: dotted decimal, or IPv6 as in RFC 5952. */
    @Override
    public String toString() {
        return isIpv4() ? IpText.ipv4(low) : IpText.ipv6(high, low);
    }
}
