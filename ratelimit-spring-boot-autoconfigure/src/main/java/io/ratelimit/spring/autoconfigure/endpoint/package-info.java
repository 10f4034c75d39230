/** The actuator endpoint, where the application has actuator endpoints. */
@NullMarked
package io.ratelimit.spring.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
