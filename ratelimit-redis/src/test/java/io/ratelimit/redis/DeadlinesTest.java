package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        private volatile boolean letGo;

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
            letGo = true;
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
        goesOnAfter(() -> {
            throw new IllegalStateException("a defect");
        });
        goesOnAfter(() -> {
            throw new NoClassDefFoundError("while there were no file descriptors");
        });
    }

    private void goesOnAfter(Runnable end) {
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
                end.run();
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

    @Test
    void endsTheCallBehindOneThatIsBeingEndedElsewhere() throws InterruptedException {
        CountDownLatch beingEnded = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (HeldTimer held = new HeldTimer()) {
            Deadlines ending = new Deadlines(held, TIMEOUT);
            Thread closing = new Thread(ending::end);
            AtomicBoolean seen = new AtomicBoolean();
            ending.watch(new Deadlines.Timed() {
                @Override
                public long begunAtNanos() {
                    return System.nanoTime() - 2 * TIMEOUT.toNanos();
                }

                @Override
                public boolean isDone() {
                    if (seen.compareAndSet(false, true)) {
                        closing.start();
                        awaitQuietly(beingEnded);
                    }
                    return false;
                }

                @Override
                public void expire() {
                    if (Thread.currentThread() == closing) {
                        beingEnded.countDown();
                        awaitQuietly(goOn);
                    }
                }
            });
            Call behind = new Call();
            ending.watch(behind);

            held.runNext();
            goOn.countDown();
            closing.join();

            assertThat(behind.isDone()).isTrue();
        }
    }

    @Test
    void letsGoOfCallsThatHaveEndedLongBeforeTheyWouldHaveBeenLate() {
        try (HeldTimer held = new HeldTimer()) {
            Deadlines patient = new Deadlines(held, Duration.ofMinutes(1));
            List<Call> calls = IntStream.range(0, 100).mapToObj(i -> new Call()).toList();
            calls.forEach(call -> {
                patient.watch(call);
                call.done = true;
            });
            assertThat(held.delays())
                    .as("until it looks")
                    .allSatisfy(delay -> assertThat(delay).isLessThanOrEqualTo(Duration.ofMillis(100)));

            held.runNext();

            assertThat(calls).allMatch(call -> call.letGo);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A timer whose tasks wait until the test runs them. */
    private static final class HeldTimer extends ScheduledThreadPoolExecutor implements AutoCloseable {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final List<Duration> delays = new ArrayList<>();

        HeldTimer() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            tasks.add(task);
            delays.add(Duration.of(delay, unit.toChronoUnit()));
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }

        List<Duration> delays() {
            return delays;
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
