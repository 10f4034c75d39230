/** The store that keeps its counters in Redis or Valkey, where one atomic script call takes a decision. */
@NullMarked
package io.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
