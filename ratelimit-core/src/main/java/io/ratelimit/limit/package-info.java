/** Values that every other package speaks in: limits, counters, demands and the decisions about them. */
@NullMarked
package io.ratelimit.limit;

import org.jspecify.annotations.NullMarked;
