package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.spring.annotation.RateLimited;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** What a call sees that returns a stage and whose turn comes later. */
class DelayedStageTest {
    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final ApplicationContextRunner runner =
            Startup.oursWithoutWeb("ratelimit: {backend: memory}").withBean(Printer.class);

    public record Seen(String thread, ClassLoader loader, Authentication user, String tenant) {}

    /** Public, for the class loader that leaves something out makes the proxy elsewhere. */
    public static class Printer {
        @RateLimited(value = "20/1s burst 10", algorithm = Algorithm.LEAKY_BUCKET)
        public CompletableFuture<Seen> print() {
            Thread thread = Thread.currentThread();
            return CompletableFuture.completedFuture(new Seen(
                    thread.getName(),
                    thread.getContextClassLoader(),
                    SecurityContextHolder.getContext().getAuthentication(),
                    TENANT.get()));
        }
    }

    private static Seen late(Printer printer) throws Exception {
        assertThat(printer.print()).as("the first").isDone();
        return printer.print().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
        SecurityContextHolder.clearContext();
        TENANT.remove();
    }

    @Test
    void runsOnTheExecutorOfTheApplicationWithTheClassLoaderOfTheCaller() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[0], before)) {
            Thread.currentThread().setContextClassLoader(loader);
            runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                    .run(context -> {
                        Thread.currentThread().setContextClassLoader(loader);
                        Seen seen = late(context.getBean(Printer.class));

                        assertThat(seen.thread()).startsWith("task-");
                        assertThat(seen.loader()).isSameAs(loader);
                    });
        }
    }

    @Test
    void runsOnSomeThreadWhereTheApplicationHasNoExecutor() {
        runner.run(context ->
                assertThat(late(context.getBean(Printer.class)).loader()).isNotNull());
    }

    @Test
    void seesTheUserOfTheCaller() {
        Authentication alice = new TestingAuthenticationToken("alice", "");
        runner.run(context -> {
            SecurityContextHolder.getContext().setAuthentication(alice);

            assertThat(late(context.getBean(Printer.class)).user()).isEqualTo(alice);
        });
    }

    @Test
    void seesWhatTheApplicationCarriesOver() {
        runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withBean(TaskDecorator.class, () -> task -> {
                    String tenant = Objects.requireNonNull(TENANT.get(), "no tenant where the task is handed over");
                    return () -> {
                        TENANT.set(tenant);
                        task.run();
                        TENANT.remove();
                    };
                })
                .run(context -> {
                    TENANT.set("acme");

                    assertThat(late(context.getBean(Printer.class)).tenant()).isEqualTo("acme");
                });
    }

    @Test
    void failsAndGivesItsPlaceBackWhereTheApplicationCannotCarryOver() {
        runner.withBean(TaskDecorator.class, () -> task -> {
                    throw new IllegalStateException("no tenant");
                })
                .run(context -> {
                    Printer printer = context.getBean(Printer.class);
                    assertThat(printer.print()).as("the first").isDone();
                    for (int i = 0; i < 20; i++) {
                        assertThatThrownBy(() -> printer.print().join()).hasRootCauseMessage("no tenant");
                    }
                });
    }

    @Test
    void leavesTheTimeOfAllOthersAloneWhereTheExecutorMakesItWait() throws Exception {
        SimpleAsyncTaskExecutor one = new SimpleAsyncTaskExecutor();
        one.setConcurrencyLimit(1);
        CountDownLatch busy = new CountDownLatch(1);
        one.execute(() -> awaitQuietly(busy));
        runner.withBean("applicationTaskExecutor", AsyncTaskExecutor.class, () -> one)
                .run(context -> {
                    Printer printer = context.getBean(Printer.class);
                    assertThat(printer.print()).as("the first").isDone();
                    CompletableFuture<Seen> late = printer.print();
                    await().during(Duration.ofMillis(200)).until(() -> !late.isDone());

                    assertThatThrownBy(() -> new CompletableFuture<>()
                                    .orTimeout(50, TimeUnit.MILLISECONDS)
                                    .get(5, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(TimeoutException.class);

                    busy.countDown();
                    assertThat(late.get(10, TimeUnit.SECONDS).thread()).startsWith("SimpleAsyncTaskExecutor");
                });
    }

    @Test
    void failsWhereThereIsNoThreadForIt() {
        AsyncTaskExecutor exhausted = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        runner.withBean("applicationTaskExecutor", AsyncTaskExecutor.class, () -> exhausted)
                .run(context -> {
                    Printer printer = context.getBean(Printer.class);
                    assertThat(printer.print()).as("the first").isDone();
                    assertThatThrownBy(() -> printer.print().get(10, TimeUnit.SECONDS))
                            .hasRootCauseInstanceOf(OutOfMemoryError.class);
                });
    }

    @Test
    void failsWhereTheExecutorClosesBeforeItIsItsTurn() {
        ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
        pool.setCorePoolSize(1);
        CountDownLatch busy = new CountDownLatch(1);
        runner.withBean("applicationTaskExecutor", AsyncTaskExecutor.class, () -> pool)
                .run(context -> {
                    pool.execute(() -> awaitQuietly(busy));
                    Printer printer = context.getBean(Printer.class);
                    assertThat(printer.print()).as("the first").isDone();
                    CompletableFuture<Seen> late = printer.print();
                    await().until(() -> pool.getQueueSize() == 1);

                    pool.shutdown();

                    assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
                });
        busy.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void runsWithoutTheLibraryThatCarriesContexts() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
                .run(context ->
                        assertThat(late(context.getBean(Printer.class)).user()).isNull());
    }
}
