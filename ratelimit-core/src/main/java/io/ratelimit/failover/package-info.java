/** What happens when a store is slow or gone. */
@NullMarked
package io.ratelimit.failover;

import org.jspecify.annotations.NullMarked;
