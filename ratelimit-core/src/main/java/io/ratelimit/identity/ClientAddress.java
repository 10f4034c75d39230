package io.ratelimit.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of the client behind proxies.
 *
 * <p>It is the address at the other end of the connection. If that is a trusted proxy, it is the rightmost address in the
 * configured header that is not one; if all are, the leftmost. No other header is looked at, and none at all of a peer that
 * is not trusted. The details:
 *
 * <ul>
 *   <li>Several header lines are one list, in order. Empty elements are ignored (RFC 9110, section 5.6.1).
 *   <li>An element that is no address ({@code unknown}, an obfuscated identifier, a name, an octal number, a missing
 *       {@code for}) counts as the proxy that wrote it, which is the address to its right or the peer.
 *   <li>At most {@value #MOST_ELEMENTS} elements of at most {@value #LONGEST_ELEMENT} characters are read, from the right. A
 *       longer chain of trusted proxies, or a longer element, counts as the address reached.
 *   <li>An IPv6 address that stands for an IPv4 address (NAT64, SIIT, {@code ::a.b.c.d}, Teredo, 6to4) is counted as that.
 *       It is a trusted proxy only by itself: the address that it stands for makes it none.
 *   <li>Link-local and unique-local addresses are counted whole, whatever the prefix.
 *   <li>A peer whose address is malformed counts as {@value #UNKNOWN}, together with all others of that sort.
 * </ul>
 *
 * <p>Immutable and safe for any number of threads. Never waits: no name is resolved.
 */
public final class ClientAddress {
    /** What a peer counts as whose address cannot be read. */
    public static final String UNKNOWN = "unknown";

    /** The number of elements that are read, empty ones included. */
    static final int MOST_ELEMENTS = 64;
    /** The length in characters up to which an element is read. */
    static final int LONGEST_ELEMENT = 4_096;

    private final ClientAddressSettings settings;
    private final ForwardedSyntax syntax;

    /** Creates the finder. */
    public ClientAddress(ClientAddressSettings settings) {
        this.settings = settings;
        this.syntax = ForwardedSyntax.of(settings.forwardedHeader());
    }

    /**
     * Returns the client address as it is counted: canonical, and where the prefix groups addresses, the block, such as
     * {@code 192.0.2.1}, {@code 2001:db8:1:2::/64} or {@value #UNKNOWN}.
     */
    public String of(RequestView request) {
        return text(find(request));
    }

    /**
     * Returns the text as which a client of this address is counted, as {@link #of} does; a text that is no address is
     * returned as it is, such as the block that {@link #of} gives.
     *
     * @param text the address alone; no proxy comes into it
     */
    public String grouped(String text) {
        IpAddress address = ForwardedNode.parse(text, 0, text.length());
        return address == null ? text : text(new ClientHop(address, true));
    }

    @Nullable
    ClientHop find(RequestView request) {
        String remote = request.remoteAddress();
        // The same forms as in a header: some containers put brackets around IPv6.
        IpAddress peer = ForwardedNode.parse(remote, 0, remote.length());
        if (peer == null) {
            return null;
        }
        return settings.trustedProxies().contains(peer)
                ? walk(peer, request.headers(settings.forwardedHeader()))
                : new ClientHop(peer, true);
    }

    String text(@Nullable ClientHop hop) {
        if (hop == null) {
            return UNKNOWN;
        }
        IpAddress address = hop.address().carried();
        int prefix = address.isIpv4() ? settings.ipv4Prefix() : settings.ipv6Prefix();
        return prefix == address.bits() || address.isLocalIpv6()
                ? address.toString()
                : address.masked(settings.ipv4Prefix(), settings.ipv6Prefix()) + "/" + prefix;
    }

    private ClientHop walk(IpAddress peer, List<String> lines) {
        IpAddress reached = peer;
        int elements = 0;
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int end = line.length();
            while (end >= 0) {
                int start = syntax.startOfElement(line, end, Math.max(0, end - LONGEST_ELEMENT));
                if (start < 0 || ++elements > MOST_ELEMENTS) {
                    return new ClientHop(reached, false);
                }
                int from = skipBlanks(line, start, end);
                if (from < end) {
                    IpAddress address = syntax.address(line, from, skipBlanksBack(line, from, end));
                    if (address == null) {
                        return new ClientHop(reached, false);
                    }
                    if (!settings.trustedProxies().contains(address)) {
                        return new ClientHop(address, true);
                    }
                    reached = address;
                }
                end = start - 1;
            }
        }
        return new ClientHop(reached, true);
    }

    private static int skipBlanks(String line, int from, int to) {
        int i = from;
        while (i < to && HttpToken.isBlank(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int skipBlanksBack(String line, int from, int to) {
        int i = to;
        while (i > from && HttpToken.isBlank(line.charAt(i - 1))) {
            i--;
        }
        return i;
    }
}
