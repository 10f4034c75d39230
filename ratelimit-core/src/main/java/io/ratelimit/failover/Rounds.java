package io.ratelimit.failover;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes round the entries of a map for ever, from where it stopped, so that each has its turn however little is looked at
 * each time. What comes or goes meanwhile may be met or not. For one thread at a time.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class Rounds<K, V> {
    private final ConcurrentMap<K, V> map;
    private Iterator<Map.Entry<K, V>> position = Collections.emptyIterator();

    Rounds(ConcurrentMap<K, V> map) {
        this.map = map;
    }

    /** Returns the next entry, after the last one the first; null if there is none. */
    Map.@Nullable Entry<K, V> next() {
        if (!position.hasNext()) {
            position = map.entrySet().iterator();
        }
        return position.hasNext() ? position.next() : null;
    }
}
