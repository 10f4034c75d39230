/** Makes {@code @RateLimited} work in an application. */
@NullMarked
package io.ratelimit.spring.autoconfigure.annotation;

import org.jspecify.annotations.NullMarked;
