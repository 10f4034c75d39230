package io.ratelimit.spring.autoconfigure;

import io.ratelimit.store.MemoryStore;

/**
 * The counters in the memory of this instance: the backend itself, or what stands in for it.
 *
 * @param store the counters
 */
public record LocalStore(MemoryStore store) {}
