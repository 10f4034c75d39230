package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/**
 * How a header lists the hops of a request. Lists are read from the right: the end was written by proxies that are trusted,
 * the start by anybody, so nothing at the start may change how the end is understood.
 */
interface ForwardedSyntax {
    /**
     * Returns where the element begins that ends before an index: behind the comma before it, or at the line's start.
     *
     * @param least where to stop looking
     * @return the index; {@code -1} if there is neither comma nor start from {@code least} on
     */
    int startOfElement(String line, int end, int least);

    /** Returns the address in an element without blanks around it, {@code null} if there is none to be read. */
    @Nullable
    IpAddress address(String line, int from, int to);

    /** Returns the syntax of a header: that of RFC 7239 for {@code Forwarded}, else plain addresses between commas. */
    static ForwardedSyntax of(String header) {
        return header.equalsIgnoreCase("Forwarded") ? new Rfc7239Syntax() : new AddressListSyntax();
    }
}
