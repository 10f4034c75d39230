package io.ratelimit.redis;

import io.lettuce.core.RedisException;

/** Whoever was asked for the way to a server did not show it: what went wrong there says nothing about the server. */
final class NotLedException extends RedisException {
    private static final long serialVersionUID = 1L;

    NotLedException(Throwable cause) {
        super(cause);
    }
}
