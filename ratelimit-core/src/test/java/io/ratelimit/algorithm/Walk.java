package io.ratelimit.algorithm;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A random limit and a random walk through time under it. The seed tells everything. */
final class Walk {
    private static final long START = 1_700_000_000_000_000L;

    final Random random;
    final Limit limit;
    final LimitAlgorithm<Object> algorithm;
    long now;

    @Nullable
    Object state;

    @SuppressWarnings("unchecked")
    Walk(Algorithm algorithm, long seed) {
        this.random = new Random(seed);
        this.limit = limit(algorithm, random);
        this.algorithm = (LimitAlgorithm<Object>) LimitAlgorithm.of(algorithm);
        this.now = limit.tickUnit().fromMicros(START) + random.nextInt(1_000_000);
    }

    private static Limit limit(Algorithm algorithm, Random random) {
        long[] windows = {1, 7, 250, 1_000, 60_000, 61_000, 3_600_000, 86_400_000, 86_401_000, 31_622_400_000L};
        Duration window = Duration.ofMillis(windows[random.nextInt(windows.length)]);
        long[] permits = {1, 2, 3, 7, 10, 60, 100, 997, 5_000};
        Limit limit = Limit.of(permits[random.nextInt(permits.length)], window).withAlgorithm(algorithm);
        boolean burst = algorithm.hasBurst() && random.nextBoolean();
        return burst
                ? limit.withBurst(1 + random.nextInt((int) Math.min(3 * limit.permits(), 9 * limit.permits())))
                : limit;
    }

    /** Moves on: mostly by fractions of a window, sometimes not at all or to the very edge of one. */
    void move() {
        long window = limit.windowTicks();
        now += switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3 -> window - 1 - now % window;
            case 4 -> window + random.nextInt(3) - 1;
            case 5 -> random.nextLong(2 * window + 1);
            default -> random.nextLong(window / limit.permits() + 2);
        };
    }

    long cost() {
        return switch (random.nextInt(5)) {
            case 0 -> limit.capacity();
            case 1 -> 1 + random.nextLong(limit.capacity() + 1);
            case 2 -> 1 + random.nextLong(Math.max(1, limit.capacity() / 3));
            default -> 1;
        };
    }
}
