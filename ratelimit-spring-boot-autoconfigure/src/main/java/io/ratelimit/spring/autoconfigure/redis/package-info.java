/** The Redis backend, over a connection of its own to the Redis that the application has configured. */
@NullMarked
package io.ratelimit.spring.autoconfigure.redis;

import org.jspecify.annotations.NullMarked;
