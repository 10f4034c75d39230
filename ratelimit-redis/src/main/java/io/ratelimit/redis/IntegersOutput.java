package io.ratelimit.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects the integers of a reply without boxing them. Anything else in the reply makes it a wrong one. */
final class IntegersOutput extends CommandOutput<byte[], byte[], long[]> {
    private static final int SMALLEST = 6;

    private long[] integers = new long[SMALLEST];
    private int size;
    private boolean foreign;

    IntegersOutput() {
        super(ByteArrayCodec.INSTANCE, new long[0]);
    }

    @Override
    public void set(long integer) {
        if (size == integers.length) {
            integers = Arrays.copyOf(integers, 2 * size);
        }
        integers[size++] = integer;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        foreign = true;
    }

    @Override
    public void set(double number) {
        foreign = true;
    }

    @Override
    public void set(boolean value) {
        foreign = true;
    }

    /** Returns the integers, none if there was anything else. */
    @Override
    public long[] get() {
        return foreign ? new long[0] : Arrays.copyOf(integers, size);
    }
}
