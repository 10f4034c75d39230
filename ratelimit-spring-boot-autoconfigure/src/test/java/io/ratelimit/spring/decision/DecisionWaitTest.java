package io.ratelimit.spring.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisionWaitTest {
    @AfterEach
    void clearTheInterrupt() {
        Thread.interrupted();
    }

    @Test
    void anInterruptNeitherEndsTheWaitNorIsLost() throws Exception {
        CompletableFuture<String> decision = new CompletableFuture<>();
        decision.completeOnTimeout("allowed", 30, TimeUnit.MILLISECONDS);
        Thread.currentThread().interrupt();

        assertThat(DecisionWait.await(decision, Duration.ofSeconds(5), () -> decision.complete("given up")))
                .isEqualTo("allowed");

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void endsWithoutAnAnswerToo() {
        CompletableFuture<String> never = new CompletableFuture<>();

        assertThat(DecisionWait.await(never, Duration.ofMillis(20), () -> never.complete("given up")))
                .isEqualTo("given up");
    }

    @Test
    void tellsAFailureAtOnce() {
        assertThatThrownBy(() -> DecisionWait.await(
                        CompletableFuture.failedFuture(new IllegalStateException()), Duration.ofSeconds(5), () -> {}))
                .isInstanceOf(CompletionException.class);
    }
}
