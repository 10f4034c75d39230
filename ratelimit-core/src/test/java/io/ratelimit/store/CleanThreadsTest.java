package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiter;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Limit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CleanThreadsTest {
    @Test
    void keepsNothingOfTheRequestThatStartsTheRecovery() throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(OutageInARequest.class);

        assertThat(threads.running()).contains("ratelimit-recovery");
        assertThat(threads.inheriting()).isEmpty();
    }

    @Test
    void keepsNothingOfTheRequestThatIsTheFirstToReserve() throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(ReservationInARequest.class);

        assertThat(threads.running()).contains("CompletableFutureDelayScheduler");
        assertThat(threads.inheriting()).isEmpty();
    }

    @Test
    void findsAThreadThatInherits() throws Exception {
        assertThat(RequestThreadProbe.startedBy(Careless.class).inheriting()).containsExactly("careless");
    }

    @Test
    void startsDaemonsOfThatName() throws Exception {
        Thread thread = CleanThreads.named("some-name").newThread(() -> {});

        assertThat(thread.getName()).isEqualTo("some-name");
        assertThat(thread.isDaemon()).isTrue();
    }

    static final class OutageInARequest implements Runnable {
        @Override
        public void run() {
            FailoverStore store = FailoverStore.around(new Gone()).build();
            RateLimiter limiter = RateLimiter.builder()
                    .name("mail")
                    .limits(Limit.parse("10/1h"))
                    .store(store)
                    .build();
            for (int i = 0; i < 5; i++) {
                if (!limiter.acquire("somebody").allowed()) {
                    throw new IllegalStateException("denied");
                }
            }
        }
    }

    static final class ReservationInARequest implements Runnable {
        @Override
        public void run() {
            RateLimiter limiter = RateLimiter.builder()
                    .name("mail")
                    .limits(Limit.parse("10/1h"))
                    .build();
            var unused = limiter.reserve("somebody", 1, Duration.ofMinutes(1)).orElseThrow();
        }
    }

    static final class Careless implements Runnable {
        @Override
        public void run() {
            CountDownLatch running = new CountDownLatch(1);
            Thread thread = new Thread(
                    () -> {
                        running.countDown();
                        try {
                            TimeUnit.MINUTES.sleep(1);
                        } catch (InterruptedException end) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "careless");
            thread.setDaemon(true);
            thread.start();
            try {
                running.await();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Gone implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return CompletableFuture.failedFuture(new StoreException(StoreException.Kind.CONNECTION, "gone", null));
        }

        @Override
        public void close() {}
    }
}
