package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    void endsEverythingWhenItsTimerIsGone() {
        timer.shutdownNow();
        assertThat(watched().isDone()).isTrue();
    }
}
