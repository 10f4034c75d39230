package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Algorithm;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeakyBucketTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LimitedApplication application = new LimitedApplication();
    private Printer printer;

    static class Printer {
        final AtomicInteger pages = new AtomicInteger();

        @RateLimited(value = "1/1s burst 3", algorithm = Algorithm.LEAKY_BUCKET)
        public int print() {
            return pages.incrementAndGet();
        }

        @RateLimited(value = "1/1s burst 3", algorithm = Algorithm.LEAKY_BUCKET)
        public int printPatiently() throws InterruptedException {
            return pages.incrementAndGet();
        }

        @RateLimited(value = "1/1s burst 3", algorithm = Algorithm.LEAKY_BUCKET)
        public CompletableFuture<Integer> printLater() {
            return CompletableFuture.completedFuture(pages.incrementAndGet());
        }

        @RateLimited(value = "1/1s burst 3", algorithm = Algorithm.LEAKY_BUCKET)
        public CompletableFuture<Integer> jam(Throwable problem, boolean atOnce) {
            if (atOnce) {
                throw new IllegalStateException(problem);
            }
            return CompletableFuture.supplyAsync(
                    () -> {
                        throw new IllegalStateException(problem);
                    },
                    Runnable::run);
        }

        int pages() {
            return pages.get();
        }
    }

    @BeforeEach
    void start() {
        printer = application.start(Printer.class).bean(Printer.class);
    }

    @AfterEach
    void close() {
        application.close();
    }

    @Test
    void parksCallersUntilItIsTheirTurn() {
        printer.print();
        printer.print();
        printer.print();

        assertThat(application.turn.parked).containsExactly(SECOND, SECOND.multipliedBy(2));
        assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(printer::print);
        assertThat(printer.pages()).isEqualTo(3);
    }

    @Test
    void givesThePlaceOfAnInterruptedCallerBack() {
        printer.print();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(printer::print)
                .withCauseInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).as("interrupted again").isTrue();
        printer.print();
        assertThat(application.turn.parked).containsExactly(SECOND);
        assertThat(printer.pages()).isEqualTo(2);
    }

    @Test
    void throwsTheInterruptionWhereTheMethodMaySaySo() throws Exception {
        printer.printPatiently();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(printer::printPatiently);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void delaysAStageWithoutParkingAnybody() {
        assertThat(printer.printLater()).isCompletedWithValue(1);
        CompletableFuture<Integer> second = printer.printLater();
        CompletableFuture<Integer> third = printer.printLater();

        assertThat(application.turn.parked).isEmpty();
        assertThat(application.turn.delayed).containsExactly(SECOND, SECOND.multipliedBy(2));
        assertThat(second).isNotDone();
        assertThat(printer.pages()).isEqualTo(1);
        application.turn.runWaiting();

        assertThat(second).isCompletedWithValue(2);
        assertThat(third).isCompletedWithValue(3);
        assertThat(printer.printLater()).isCompletedExceptionally();
    }

    @Test
    void givesThePlaceOfACancelledStageBackAndDoesNotCall() {
        assertThat(printer.printLater()).isDone();
        CompletableFuture<Integer> second = printer.printLater();

        second.cancel(false);
        application.turn.runWaiting();

        assertThat(printer.pages()).isEqualTo(1);
        assertThat(printer.printLater()).isNotDone();
        assertThat(application.turn.delayed).containsExactly(SECOND, SECOND);
    }

    @Test
    void failsTheStageAndGivesThePlaceBackWhenNoThreadIsLeft() {
        assertThat(printer.printLater()).isDone();
        CompletableFuture<Integer> second = printer.printLater();

        application.turn.rejectWaiting();

        assertThatThrownBy(second::join).hasRootCauseInstanceOf(RejectedExecutionException.class);
        assertThat(printer.printLater()).isNotDone();
        assertThat(application.turn.delayed).containsExactly(SECOND, SECOND);
    }

    @Test
    void passesOnHowALateCallFailed() {
        Exception problem = new Exception("paper");
        assertThat(printer.jam(problem, false)).isDone();
        CompletableFuture<Integer> inStage = printer.jam(problem, false);
        CompletableFuture<Integer> atOnce = printer.jam(problem, true);

        application.turn.runWaiting();

        assertThatThrownBy(inStage::join).hasRootCause(problem);
        assertThatThrownBy(atOnce::join).hasRootCause(problem);
    }

    @Test
    void runsLateCallsOnTheExecutorByTheRealClock() throws Exception {
        AtomicReference<Thread> ran = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Executor executor = task -> new Thread(task, "late").start();

        CallTurn.onClock(() -> executor, () -> task -> task)
                .later(
                        Duration.ofMillis(20),
                        () -> {
                            ran.set(Thread.currentThread());
                            done.countDown();
                        },
                        rejected -> {});

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran.get().getName()).isEqualTo("late");
    }

    @Test
    void tellsWhenTheExecutorTakesNothingMore() throws Exception {
        CountDownLatch told = new CountDownLatch(1);

        CallTurn.onClock(
                        () -> task -> {
                            throw new RejectedExecutionException("full");
                        },
                        () -> task -> task)
                .later(Duration.ofMillis(1), () -> {}, rejected -> told.countDown());

        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tellsWhenTheContextIsNotToBeHad() throws Exception {
        CountDownLatch told = new CountDownLatch(1);

        CallTurn.onClock(
                        () -> Runnable::run,
                        () -> task -> () -> {
                            throw new IllegalStateException("no context");
                        })
                .later(Duration.ofMillis(1), () -> {}, failed -> told.countDown());

        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void parksByTheRealClock() throws Exception {
        long start = System.nanoTime();

        CallTurn.onClock(() -> Runnable::run, () -> task -> task).await(Duration.ofMillis(20));

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
    }
}
