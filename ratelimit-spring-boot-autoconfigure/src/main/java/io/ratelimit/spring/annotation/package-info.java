/** Limits on methods: {@link io.ratelimit.spring.annotation.RateLimited}, on handlers of web requests and on any other bean. */
@NullMarked
package io.ratelimit.spring.annotation;

import org.jspecify.annotations.NullMarked;
