package io.ratelimit.identity;

/**
 * The furthest address of a request's way that could be made out.
 *
 * @param address the address
 * @param certain whether it is the client's, as far as the proxies are to be trusted; otherwise it is that of the proxy that
 *     wrote what could not be read, and the client is somebody behind it
 */
record ClientHop(IpAddress address, boolean certain) {}
