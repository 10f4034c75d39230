/**
 * What turns {@code ratelimit.*} into a running limiter: the properties, what checks them and tells all their errors at
 * once, and the auto-configurations.
 */
@NullMarked
package io.ratelimit.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
