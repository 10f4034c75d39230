/** The auto-configurations: the beans of a running limiter, and the conditions under which they are there. */
@NullMarked
package io.ratelimit.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
