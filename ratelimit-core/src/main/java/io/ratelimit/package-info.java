/** What an application uses: a rate limiter for one set of limits, and what decides whole rules. */
@NullMarked
package io.ratelimit;

import org.jspecify.annotations.NullMarked;
