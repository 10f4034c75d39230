/** What happens to decisions while Redis, or the way to it, fails. */
@NullMarked
package io.ratelimit.redis.faults;

import org.jspecify.annotations.NullMarked;
