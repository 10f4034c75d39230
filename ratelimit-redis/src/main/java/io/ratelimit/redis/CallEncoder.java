package io.ratelimit.redis;

import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes operations as arguments of the script: see {@code decide.lua} for the layout.
 *
 * <p>Keys are {@code <namespace>:{<owner>}:<counter>}. The braces are a hash tag, so that all counters of one owner are on
 * one slot of a cluster.
 */
final class CallEncoder {
    private static final int DECISION_BYTES = 5;
    private static final int PART_BYTES = 41;
    private static final int MOST_PARTS = 0xFFFF;
    private static final long EXACT = 1L << 53;
    private static final byte[] SERVER_TIME = {};

    private final String keyPrefix;
    private final @Nullable Ticker ticker;

    /**
     * Creates an encoder.
     *
     * @param ticker the time of a test, or {@code null} for the server's
     */
    CallEncoder(String namespace, @Nullable Ticker ticker) {
        this.keyPrefix = namespace + ":{";
        this.ticker = ticker;
    }

    ScriptCall encode(Operation operation) {
        Parts parts = new Parts(1);
        parts.add(operation);
        return parts.call();
    }

    ScriptCall encode(List<Operation> operations) {
        Parts parts = new Parts(operations.size());
        for (Operation operation : operations) {
            parts.add(operation);
        }
        return parts.call();
    }

    /** Returns the slot of a cluster that the counter is in. */
    int slot(Key key) {
        return SlotHash.getSlot(key(key));
    }

    private byte[] time() {
        return ticker == null ? SERVER_TIME : ascii(Long.toString(ticker.epochMicros()));
    }

    private byte[] key(Key key) {
        return (keyPrefix + key.owner() + "}:" + key.counter()).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The parts of all operations so far. */
    private final class Parts {
        private final ByteBuffer decisions;
        private final List<byte[]> keys = new ArrayList<>();
        private final List<byte[]> parts = new ArrayList<>();

        Parts(int operations) {
            this.decisions = ByteBuffer.allocate(operations * DECISION_BYTES);
        }

        void add(Operation operation) {
            header(
                    code(operation.kind()),
                    operation.demands().size(),
                    operation.shadow().size());
            if (operation instanceof Operation.Refund refund) {
                refund.grants().forEach(grant -> part(grant.demand(), grant.takenAt()));
            } else {
                operation.demands().forEach(demand -> part(demand, 0));
                operation.shadow().forEach(demand -> part(demand, 0));
            }
        }

        private static char code(Operation.Kind kind) {
            return switch (kind) {
                case ACQUIRE -> 'a';
                case PEEK -> 'p';
                case CHARGE -> 'c';
                case REFUND -> 'r';
                case RESET -> 'x';
            };
        }

        ScriptCall call() {
            byte[][] arguments = new byte[2 + parts.size()][];
            arguments[0] = time();
            arguments[1] = decisions.array();
            for (int i = 0; i < parts.size(); i++) {
                arguments[2 + i] = parts.get(i);
            }
            return new ScriptCall(keys.toArray(byte[][]::new), arguments);
        }

        private void header(char code, int enforced, int shadow) {
            if (Math.max(enforced, shadow) > MOST_PARTS) {
                throw new InvalidValueException("demands", Math.max(enforced, shadow), "at most " + MOST_PARTS);
            }
            decisions.put((byte) code).putShort((short) enforced).putShort((short) shadow);
        }

        private void part(Demand demand, long takenAt) {
            Limit limit = demand.limit();
            ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
            part.put(ascii(limit.algorithm().code()));
            putUnsigned(part, limit.tickUnit().micros(), 3);
            putUnsigned(part, limit.permits(), 7);
            putUnsigned(part, limit.capacity(), 7);
            putUnsigned(part, limit.windowTicks(), 7);
            putUnsigned(part, Math.min(demand.cost(), EXACT), 7);
            // Beyond 2^53 a double is not exact, and no state is that far; 2^53 itself stands for Grant.NOW.
            part.putLong(takenAt == Grant.NOW ? EXACT : Math.max(1 - EXACT, Math.min(takenAt, EXACT - 1)));
            keys.add(key(demand.key()));
            parts.add(part.array());
        }

        private static void putUnsigned(ByteBuffer part, long value, int bytes) {
            for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                part.put((byte) (value >>> shift));
            }
        }
    }
}
