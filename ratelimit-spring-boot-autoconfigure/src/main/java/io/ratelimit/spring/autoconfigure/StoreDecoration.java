package io.ratelimit.spring.autoconfigure;

import io.ratelimit.store.LimitStore;

/** Puts something around the store that decisions come from, such as an observation of each. */
@FunctionalInterface
public interface StoreDecoration {
    /** Returns a store that decides as the given one does. */
    LimitStore decorate(LimitStore store);
}
