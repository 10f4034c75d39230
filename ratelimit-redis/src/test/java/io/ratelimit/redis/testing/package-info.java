/** A real Redis for tests, and a way to it that can fail. Published with the test classes, for the modules above. */
@NullMarked
package io.ratelimit.redis.testing;

import org.jspecify.annotations.NullMarked;
