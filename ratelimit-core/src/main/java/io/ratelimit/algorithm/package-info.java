/** The five algorithms as pure functions of state, limit, time and cost. No clock, no I/O, no shared state. */
@NullMarked
package io.ratelimit.algorithm;

import org.jspecify.annotations.NullMarked;
