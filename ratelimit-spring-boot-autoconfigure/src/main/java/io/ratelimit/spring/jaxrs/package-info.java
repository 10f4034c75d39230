/** Answers denials of JAX-RS resources. */
@NullMarked
package io.ratelimit.spring.jaxrs;

import org.jspecify.annotations.NullMarked;
