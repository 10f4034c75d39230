package io.ratelimit.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a store fares, from what it knows already.
 *
 * @param degraded whether something else than the configured store decides at present, or it decides about a part of the
 *     counters only
 * @param details figures and names for operators, such as {@code circuit}, in the order in which they are shown; the values are
 *     numbers, texts and booleans, and tell no identity
 */
public record StoreStatus(boolean degraded, Map<String, Object> details) {
    /** Decides as it should, and has nothing to add. */
    public static final StoreStatus SOUND = new StoreStatus(false, Map.of());

    /** Copies the details. */
    public StoreStatus {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
