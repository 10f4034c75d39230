/** Load with an exact account of what became of it. */
@NullMarked
package io.ratelimit.redis.testing.load;

import org.jspecify.annotations.NullMarked;
