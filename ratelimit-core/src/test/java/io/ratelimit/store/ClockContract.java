package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every store keeps when its clock jumps: whoever asks all the time is admitted at most one burst more than without
 * the jump, and is locked out for five windows at most, or a second and a window where that is longer.
 */
public abstract class ClockContract {
    private static final long NOON_MICROS = 1_700_000_000_000_000L;
    private static final int PERMITS = 5;
    private static final int STEPS_PER_WINDOW = 10;

    private final List<LimitStore> opened = new ArrayList<>();

    /** Makes a store whose time is that of the ticker. It is closed after the test. */
    protected abstract LimitStore newStore(Ticker ticker);

    /** Is called when the quota is used up, just before the clock jumps. */
    protected void clockIsAboutToJump() {}

    @AfterEach
    final void closeStores() {
        opened.forEach(LimitStore::close);
    }

    static Stream<Arguments> jumps() {
        Duration hour = Duration.ofHours(1);
        Duration second = Duration.ofSeconds(1);
        return Stream.of(Duration.ofMinutes(1), Duration.ofMillis(100))
                .flatMap(window -> Stream.of(
                                hour,
                                hour.negated(),
                                second,
                                second.negated(),
                                second.negated().plusMillis(1),
                                window.dividedBy(2),
                                window.dividedBy(2).negated(),
                                hour.plus(window.dividedBy(2)),
                                hour.plus(window.dividedBy(2)).negated(),
                                window.multipliedBy(4).negated(),
                                Duration.ofDays(365),
                                Duration.ofDays(365).negated())
                        .flatMap(jump ->
                                Stream.of(Algorithm.values()).map(algorithm -> Arguments.of(algorithm, window, jump))));
    }

    /**
     * What somebody was admitted who asked all the time.
     *
     * @param admitted so far, after each step
     * @param lockedOut until the first admission after the jump; {@code null} if there was none
     */
    private record Course(List<Integer> admitted, @Nullable Duration lockedOut) {}

    @ParameterizedTest(name = "{0}, window {1}, clock {2}")
    @MethodSource("jumps")
    void givesAtMostOneBurstMoreAndLocksNobodyOutForLong(Algorithm algorithm, Duration window, Duration jump) {
        Course undisturbed = course(this::memory, algorithm, window, Duration.ZERO);
        Course jumped = course(this::newStore, algorithm, window, jump);
        int ahead = countsInWindowsOfTheClock(algorithm) ? STEPS_PER_WINDOW : 0;
        for (int step = 0; step + ahead < undisturbed.admitted().size(); step++) {
            assertThat(jumped.admitted().get(step))
                    .as("admitted until step %s, where %s are without the jump", step, undisturbed.admitted())
                    .isLessThanOrEqualTo(undisturbed.admitted().get(step + ahead) + PERMITS);
        }
        assertThat(jumped.lockedOut())
                .as("the time until the first admission after the jump")
                .isNotNull()
                .isLessThanOrEqualTo(longestLockOut(window));
    }

    /** A window of the clock may begin up to a window earlier after a jump. */
    private static boolean countsInWindowsOfTheClock(Algorithm algorithm) {
        return algorithm == Algorithm.FIXED_WINDOW || algorithm == Algorithm.SLIDING_COUNTER;
    }

    private static Duration longestLockOut(Duration window) {
        Duration fiveWindows = window.multipliedBy(5);
        Duration aSecondMore = window.plusSeconds(1);
        return fiveWindows.compareTo(aSecondMore) > 0 ? fiveWindows : aSecondMore;
    }

    private LimitStore memory(Ticker ticker) {
        return MemoryStore.of(ticker, 1_000, new Source("memory"));
    }

    private Course course(Function<Ticker, LimitStore> stores, Algorithm algorithm, Duration window, Duration jump) {
        // Within a window, so that a small jump does not always stay in it.
        ManualTicker ticker = new ManualTicker(NOON_MICROS + 4 * window.toNanos() / STEPS_PER_WINDOW / 1_000);
        LimitStore store = stores.apply(ticker);
        opened.add(store);
        Limit limit = Limit.of(PERMITS, window).withAlgorithm(algorithm);
        Demand demand = Demand.of(new Key(UUID.randomUUID().toString(), "clock:" + limit.counterName()), limit, 1);

        int admitted = admitAll(store, demand);
        assertThat(admitted).as("admitted before the jump").isEqualTo(PERMITS);
        clockIsAboutToJump();
        ticker.advance(jump);

        List<Integer> course = new ArrayList<>();
        Duration lockedOut = null;
        Duration step = window.dividedBy(STEPS_PER_WINDOW);
        Duration end = longestLockOut(window).plus(window.multipliedBy(2));
        for (Duration passed = Duration.ZERO; passed.compareTo(end) < 0; passed = passed.plus(step)) {
            int more = admitAll(store, demand);
            if (more > 0 && lockedOut == null) {
                lockedOut = passed;
            }
            admitted += more;
            course.add(admitted);
            ticker.advance(step);
        }
        return new Course(course, lockedOut);
    }

    private static int admitAll(LimitStore store, Demand demand) {
        int admitted = 0;
        while (admitted <= PERMITS) {
            Decision decision = store.execute(Operation.Acquire.of(demand))
                    .toCompletableFuture()
                    .join();
            assertFiguresMakeSense(decision, demand.limit());
            if (!decision.allowed()) {
                return admitted;
            }
            admitted++;
        }
        throw new AssertionError("more than " + PERMITS + " admitted at one instant");
    }

    private static void assertFiguresMakeSense(Decision decision, Limit limit) {
        assertThat(decision.remaining()).as("remaining").isBetween(0L, (long) PERMITS);
        assertThat(decision.resetAfter())
                .as("resetAfter")
                .isBetween(Duration.ZERO, limit.window().multipliedBy(6).plusSeconds(1));
        assertThat(decision.delay()).as("delay").isBetween(Duration.ZERO, limit.window());
        if (!decision.allowed()) {
            assertThat(decision.retryAfter())
                    .hasValueSatisfying(
                            wait -> assertThat(wait).isBetween(Duration.ofNanos(1), longestLockOut(limit.window())));
        }
    }
}
