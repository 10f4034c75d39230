/** The meters, where the application has a meter registry. */
@NullMarked
package io.ratelimit.spring.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
