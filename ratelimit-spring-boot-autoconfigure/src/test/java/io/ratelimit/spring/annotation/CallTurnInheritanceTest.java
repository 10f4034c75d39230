package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.store.RequestThreadProbe;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class CallTurnInheritanceTest {
    @Test
    void leavesNothingOfTheRequestInTheThreadsThatRunLateCalls() throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(LateCall.class);

        assertThat(threads.running()).contains("CompletableFutureDelayScheduler");
        assertThat(threads.inheriting()).isEmpty();
    }

    static final class LateCall implements Runnable {
        @Override
        public void run() {
            CountDownLatch done = new CountDownLatch(1);
            CallTurn.onClock(ForkJoinPool::commonPool, () -> task -> task)
                    .later(Duration.ofMillis(1), done::countDown, failure -> {});
            try {
                done.await();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
