/** The health component, where the application has health. */
@NullMarked
package io.ratelimit.spring.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
