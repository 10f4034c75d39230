package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CircuitsTest {
    private final List<Thread> failing = new CopyOnWriteArrayList<>();
    private final StoreException gone = new StoreException(StoreException.Kind.CONNECTION, "gone", null);

    /** Transitions of one shard pass each other where telling of another one's takes long. */
    @Test
    void endsWithTheLastStateOfAShardHoweverLateItIsTold() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            CountDownLatch telling = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1);
            failing.clear();
            List<CircuitState> changes = new CopyOnWriteArrayList<>();
            Circuits[] all = new Circuits[1];
            Circuits circuits = new Circuits(
                    new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofMillis(10), 10),
                    change -> {
                        changes.add(change.state());
                        telling.countDown();
                        awaitUninterrupted(told);
                    },
                    shard -> all[0].of(shard).probeSucceeded(System.nanoTime()));
            all[0] = circuits;
            CompletableFuture<?> other = fail(circuits, "other");
            telling.await();

            CompletableFuture<?> shard = fail(circuits, "shard");
            await("the thread that has a transition to tell")
                    .until(() -> failing.get(1).getState() == Thread.State.BLOCKED);
            told.countDown();
            CompletableFuture.allOf(other, shard).join();

            await().untilAsserted(() -> assertThat(changes).endsWith(CircuitState.CLOSED));
            assertThat(circuits.state()).isEqualTo(CircuitState.CLOSED);
            circuits.close();
        }
    }

    private CompletableFuture<?> fail(Circuits circuits, String shard) {
        return CompletableFuture.runAsync(() -> circuits.of(shard).failed(gone, System.nanoTime()), task -> {
            Thread thread = new Thread(task);
            failing.add(thread);
            thread.start();
        });
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
