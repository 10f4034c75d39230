package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Deadlines deadlines = new Deadlines(timer, TIMEOUT);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private static final class Call implements Deadlines.Timed {
        private final long begunAtNanos = System.nanoTime();
        private volatile boolean done;
        private volatile long expiredAfterNanos;

        @Override
        public long begunAtNanos() {
            return begunAtNanos;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public void expire() {
            if (!done) {
                expiredAfterNanos = System.nanoTime() - begunAtNanos;
                done = true;
            }
        }
    }

    private Call watched() {
        Call call = new Call();
        deadlines.watch(call);
        return call;
    }

    @Test
    void endsACallThatTakesTooLong() {
        Call call = watched();
        await().until(call::isDone);
        assertThat(Duration.ofNanos(call.expiredAfterNanos)).isBetween(TIMEOUT, TIMEOUT.plusMillis(500));
    }

    @Test
    void leavesACallThatHasEndedByItself() {
        Call ended = watched();
        ended.done = true;
        Call late = watched();
        await().until(late::isDone);
        assertThat(ended.expiredAfterNanos).isZero();
    }

    @Test
    void watchesCallsThatComeWhenItWasIdle() {
        for (int i = 0; i < 3; i++) {
            Call call = watched();
            await().until(call::isDone);
        }
    }

    @Test
    void endsThousandsOfCallsInTime() {
        List<Call> calls =
                IntStream.range(0, 10_000).parallel().mapToObj(i -> watched()).toList();
        await().until(() -> calls.stream().allMatch(Call::isDone));
        assertThat(calls)
                .allSatisfy(call -> assertThat(Duration.ofNanos(call.expiredAfterNanos))
                        .isBetween(TIMEOUT.minusMillis(5), TIMEOUT.plusMillis(1_000)));
    }

    @Test
    void givesAnswersThatHaveArrivedAMomentWhenTheTimerItselfComesLate() {
        try (HeldTimer held = new HeldTimer()) {
            Deadlines standing = new Deadlines(held, TIMEOUT);
            Call answered = new Call();
            Call lost = new Call();
            standing.watch(answered);
            standing.watch(lost);
            await("a process that stands still")
                    .until(() -> System.nanoTime() - lost.begunAtNanos
                            > TIMEOUT.plusMillis(30).toNanos());

            held.runNext();
            assertThat(lost.isDone()).as("at the late deadline").isFalse();
            answered.done = true;
            held.runNext();

            assertThat(answered.expiredAfterNanos).as("read in the meantime").isZero();
            assertThat(lost.isDone()).as("a moment later").isTrue();
        }
    }

    @Test
    void goesOnWhenTheEndOfACallFails() {
        long begun = System.nanoTime();
        deadlines.watch(new Deadlines.Timed() {
            @Override
            public long begunAtNanos() {
                return begun;
            }

            @Override
            public boolean isDone() {
                return false;
            }

            @Override
            public void expire() {
                throw new IllegalStateException("a defect");
            }
        });
        Call call = watched();
        await().until(call::isDone);
        Call later = watched();
        await().until(later::isDone);
    }

    @Test
    void endsCallsAtOnceOnceItHasEnded() {
        Call before = watched();
        deadlines.end();
        assertThat(before.isDone()).isTrue();
        assertThat(watched().isDone()).isTrue();
    }

    /** A timer whose tasks wait until the test runs them. */
    private static final class HeldTimer extends ScheduledThreadPoolExecutor implements AutoCloseable {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        HeldTimer() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            tasks.add(task);
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }

        void runNext() {
            tasks.remove().run();
        }

        @Override
        public void close() {
            shutdownNow();
        }
    }

    @Test
    void endsEverythingWhenItsTimerIsGone() {
        timer.shutdownNow();
        assertThat(watched().isDone()).isTrue();
    }
}
