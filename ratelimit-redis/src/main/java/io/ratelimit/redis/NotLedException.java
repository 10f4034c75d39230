package io.ratelimit.redis;

import io.lettuce.core.RedisException;

/** A sentinel did not name the master, or could not be asked. This says nothing about the state of the master itself. */
final class NotLedException extends RedisException {
    private static final long serialVersionUID = 1L;

    NotLedException(Throwable cause) {
        super(cause);
    }
}
