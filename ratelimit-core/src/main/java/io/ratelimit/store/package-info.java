/** Where counters live: the contract of a store, and the store in this process's memory. */
@NullMarked
package io.ratelimit.store;

import org.jspecify.annotations.NullMarked;
