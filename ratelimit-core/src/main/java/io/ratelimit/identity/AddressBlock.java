package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;

/**
 * A block of addresses that share their leading bits, in CIDR notation: {@code 10.0.0.0/8}, {@code 2001:db8::/32}.
 *
 * <p>Immutable and safe for any number of threads.
 *
 * @param first the first address; none of its bits behind the prefix are set
 * @param prefix the number of leading bits, 1 to 32 or 128
 */
public record AddressBlock(IpAddress first, int prefix) {
    private static final String EXPECTED =
            "an address or a block, such as 10.0.0.0/8 or 2001:db8::/32; names are not resolved";

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the prefix is out of range or bits behind it are set
     */
    public AddressBlock {
        IpAddress.checkedPrefix("prefix", prefix, 1, first.bits());
        if (!first.masked(Math.min(prefix, IpAddress.IPV4_BITS), prefix).equals(first)) {
            throw new InvalidValueException("first", first, "no bits set behind the first " + prefix);
        }
    }

    /**
     * Reads a block, or an address as the block of itself.
     *
     * <p>A block that starts with an IPv4-mapped address ({@code ::ffff:10.0.0.0/104}) is the IPv4 block.
     *
     * @param name the setting's name, for messages
     * @param text an address literal as {@link IpAddress#parse} reads it, but without a zone, and a prefix behind a slash
     * @throws IllegalArgumentException if the text is no block, holds every address, or has bits set behind the prefix, in
     *     which case the message names the block
     */
    public static AddressBlock parse(String name, String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        IpAddress address = literal.indexOf('%') < 0 ? IpAddress.parse(literal).orElse(null) : null;
        if (address == null) {
            throw new InvalidValueException(name, Quoted.text(text), EXPECTED);
        }
        // In the IPv6 spelling of an IPv4 address, the prefix counts the bits of the IPv6 address.
        int ignored = address.isIpv4() && literal.indexOf(':') >= 0 ? IpAddress.IPV6_BITS - IpAddress.IPV4_BITS : 0;
        int most = address.bits();
        int prefix = slash < 0 ? most : number(text, slash + 1) - ignored;
        if (prefix == 0) {
            throw new InvalidValueException(
                    name, Quoted.text(text), "a block of addresses, such as 10.0.0.0/8; this one holds every address");
        }
        if (prefix < 0 || prefix > most) {
            throw new InvalidValueException(
                    name,
                    Quoted.text(text),
                    "a prefix from " + (ignored + 1) + " to " + (ignored + most) + " behind the slash");
        }
        IpAddress first = address.masked(Math.min(prefix, IpAddress.IPV4_BITS), prefix);
        if (!first.equals(address)) {
            throw new InvalidValueException(
                    name,
                    Quoted.text(text),
                    first + "/" + prefix + ", which is the block around this address, or " + address + "/" + most
                            + ", the address alone");
        }
        return new AddressBlock(first, prefix);
    }

    /** Returns the prefix length, or a number out of every range: signs, blanks and leading zeros are typing errors. */
    private static int number(String text, int from) {
        int length = text.length() - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return Integer.MAX_VALUE;
        }
        int number = 0;
        for (int i = from; i < text.length(); i++) {
            if (!IpLiteral.isDigit(text.charAt(i))) {
                return Integer.MAX_VALUE;
            }
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }

    /** Returns whether an address is in the block. No IPv4 address is in a block of IPv6 addresses. */
    public boolean contains(IpAddress address) {
        return first.sharesPrefix(address, prefix);
    }

    boolean contains(AddressBlock other) {
        return prefix <= other.prefix && contains(other.first);
    }

    /** Returns the canonical text, such as {@code 10.0.0.0/8}; always with the prefix. */
    @Override
    public String toString() {
        return first + "/" + prefix;
    }
}
