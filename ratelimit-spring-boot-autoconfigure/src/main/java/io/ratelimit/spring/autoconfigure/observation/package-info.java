/** A span for each decision, where the application traces. */
@NullMarked
package io.ratelimit.spring.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
