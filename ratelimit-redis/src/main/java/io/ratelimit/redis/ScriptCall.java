package io.ratelimit.redis;

import io.lettuce.core.cluster.SlotHash;

/**
 * What one call hands to the script. The layout is told in {@code decide.lua}.
 *
 * <p>Not a record, because the arrays are neither copied nor compared.
 */
final class ScriptCall {
    private final byte[][] keys;
    private final byte[][] arguments;

    ScriptCall(byte[][] keys, byte[][] arguments) {
        this.keys = keys;
        this.arguments = arguments;
    }

    /** Returns the slot of a cluster that the counters are in. */
    int slot() {
        return SlotHash.getSlot(keys[0]);
    }

    /** Returns the counters, one for each part. Not to be changed. */
    byte[][] keys() {
        return keys;
    }

    /** Returns the time, the decisions and the parts. Not to be changed. */
    byte[][] arguments() {
        return arguments;
    }
}
