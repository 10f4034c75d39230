package io.ratelimit.spring.autoconfigure;

import java.util.function.LongSupplier;

/**
 * The counters in the memory of this instance: the backend itself, or what stands in for it.
 *
 * @param size how many there are now
 */
public record LocalStore(LongSupplier size) {}
