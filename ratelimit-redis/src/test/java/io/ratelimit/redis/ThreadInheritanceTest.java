package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.ratelimit.store.RequestThreadProbe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that makes its beans when they are first needed builds a store on the thread of a request. */
class ThreadInheritanceTest {
    @ParameterizedTest
    @ValueSource(classes = {SingleStore.class, ClusterStore.class})
    void keepsNothingOfTheRequestThatBuildsAStore(Class<? extends Runnable> code) throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(code);

        assertThat(threads.running())
                .contains("ratelimit-redis")
                .anyMatch(name -> name.startsWith("lettuce-"))
                .contains("CompletableFutureDelayScheduler");
        assertThat(threads.inheriting()).isEmpty();
    }

    @Test
    void endsALinkOnAThreadThatKeepsNothing() {
        InheritableThreadLocal<String> ofTheRequest = new InheritableThreadLocal<>();
        AtomicReference<Thread> closer = new AtomicReference<>();
        AtomicReference<String> inherited = new AtomicReference<>();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        ClusterRouter router = new ClusterRouter(
                List.of(new Node("one", 7001)),
                node -> new ScriptConnector() {
                    @Override
                    public CompletionStage<ScriptConnection> connect() {
                        return new CompletableFuture<>();
                    }

                    @Override
                    public void close() {
                        closer.set(Thread.currentThread());
                        inherited.set(ofTheRequest.get());
                    }
                },
                timer,
                Duration.ofSeconds(1));
        router.open();

        ofTheRequest.set("secret");
        router.close();
        timer.shutdownNow();

        assertThat(closer.get().getName()).isEqualTo("ratelimit-redis-close");
        assertThat(inherited.get()).isNull();
    }

    private static RedisLimitStore.Builder inABriefTime(RedisLimitStore.Builder builder) {
        return builder.connectTimeout(Duration.ofMillis(200))
                .timeout(Duration.ofMillis(50))
                .countInstances();
    }

    private static RedisURI nobody() {
        return RedisURI.create("127.0.0.1", 1);
    }

    static final class SingleStore implements Runnable {
        @Override
        public void run() {
            RedisLimitStore store =
                    inABriefTime(RedisLimitStore.builder(nobody())).build();
            if (store.instances() > 0) {
                throw new IllegalStateException("There is a server");
            }
        }
    }

    static final class ClusterStore implements Runnable {
        @Override
        public void run() {
            var unused =
                    inABriefTime(RedisLimitStore.cluster(List.of(nobody()))).build();
        }
    }
}
