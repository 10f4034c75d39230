package io.ratelimit.redis;

import io.lettuce.core.RedisURI;

/**
 * Where one server of a deployment listens.
 *
 * @param host a name or an address
 * @param port from 1 to 65535
 */
record Node(String host, int port) {
    static Node of(RedisURI uri) {
        return new Node(uri.getHost(), uri.getPort());
    }

    /** Returns the address of this node, with credentials, TLS and the like as in another. */
    RedisURI like(RedisURI other) {
        return RedisURI.builder(other).withHost(host).withPort(port).build();
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
