package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.ratelimit.RateLimitExceededException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;

/** Suspend functions and flows, as Kotlin compiles them. */
class KotlinTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LimitedApplication application = new LimitedApplication();

    private Suspended start() {
        return new Suspended(application.start(Suspending.class).bean(Suspending.class));
    }

    @AfterEach
    void close() {
        application.close();
    }

    @Test
    void limitsASuspendFunction() {
        Suspended limited = start();

        assertThat(limited.alone("a")).isEqualTo("new a");
        assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> limited.alone("b"));
    }

    @Test
    void countsByItsArguments() {
        Suspended limited = start();

        assertThat(limited.byArgument("a")).isEqualTo("new a");
        assertThat(limited.byArgument("b")).isEqualTo("new b");
        assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> limited.byArgument("a"));
    }

    @Test
    void callsASuspendFunctionInsteadOfTheDeniedOne() {
        Suspended limited = start();
        limited.quote("a");

        assertThat(limited.quote("b")).isEqualTo("old b");
    }

    @Test
    void tellsASuspendFunctionOfTheDenial() {
        Suspended limited = start();
        limited.explainable("a");

        assertThat(limited.explainable("b")).isEqualTo("old b of 1");
    }

    @Test
    void callsAnOrdinaryFunctionInsteadOfADeniedSuspendFunction() {
        Suspended limited = start();
        limited.withPlainFallback("a");
        limited.number();

        assertThat(limited.withPlainFallback("b")).isEqualTo("plain b");
        assertThat(limited.number()).isZero();
    }

    @Test
    void callsAFallbackThatReturnsNothing() {
        Suspending bean = application.start(Suspending.class).bean(Suspending.class);
        Suspended limited = new Suspended(bean);

        limited.nothing("a");
        limited.nothing("b");

        assertThat(bean.getCalls()).containsExactly("new a", "dropped b");
    }

    @Test
    void throwsWhatTheFallbackThrows() {
        Suspended limited = start();
        limited.unlucky();

        assertThatIOException().isThrownBy(limited::unlucky).withMessage("gone too");
    }

    @Test
    void delaysACoroutineWithoutParkingAThread() throws Exception {
        Suspended limited = start();
        assertThat(limited.print().get()).isEqualTo("page 1 in printing");

        CompletableFuture<String> second = limited.print();

        await().untilAsserted(() -> assertThat(application.turn.delayed).containsExactly(SECOND));
        assertThat(second).isNotDone();
        assertThat(application.turn.parked).isEmpty();
        application.turn.runWaiting();
        assertThat(second.get()).isEqualTo("page 2 in printing");
    }

    @Test
    void givesThePlaceOfACancelledCoroutineBack() throws Exception {
        Suspended limited = start();
        limited.print().get();
        CompletableFuture<String> cancelled = limited.print();
        await().untilAsserted(() -> assertThat(application.turn.delayed).containsExactly(SECOND));

        cancelled.cancel(false);

        await().untilAsserted(() -> {
            CompletableFuture<String> next = limited.print();
            assertThat(application.turn.delayed).endsWith(SECOND).hasSizeGreaterThan(1);
            next.cancel(false);
        });
    }

    @Test
    void failsACoroutineThatNoThreadCanRunAndGivesItsPlaceBack() throws Exception {
        Suspended limited = start();
        limited.print().get();
        CompletableFuture<String> rejected = limited.print();
        await().untilAsserted(() -> assertThat(application.turn.delayed).containsExactly(SECOND));

        application.turn.rejectWaiting();

        assertThat(rejected).failsWithin(Duration.ofSeconds(5)).withThrowableOfType(ExecutionException.class);
        CompletableFuture<String> next = limited.print();
        await().untilAsserted(() -> assertThat(application.turn.delayed).containsExactly(SECOND, SECOND));
        next.cancel(false);
    }

    private String refusalOf(String type) throws ClassNotFoundException {
        Class<?> bean = Class.forName(getClass().getPackageName() + "." + type);
        InvalidRateLimitedException refusal =
                catchThrowableOfType(InvalidRateLimitedException.class, () -> application.start(bean));
        assertThat(refusal).as("a refusal of %s", type).isNotNull();
        return refusal.getMessage();
    }

    @ParameterizedTest
    @CsvSource({
        "ReturnsFlow, 'ReturnsFlow.all(String), method: Flow'",
        "ReturnsStateFlow, 'ReturnsStateFlow.state(), method: StateFlow'",
        "ReturnsFlowLater, 'ReturnsFlowLater.all(String), method: Flow'"
    })
    void refusesAFlowAsItDoesAPublisher(String type, String problem) throws Exception {
        assertThat(refusalOf(type)).contains(problem, "does its work when it is subscribed to", "a suspend function");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FallbackOfAnotherType | it returns Integer | suspend fun none(String): String",
                "FallbackWithOtherParameters | takes other parameters | suspend fun none(String): String",
                "SuspendingFallbackOfPlainFunction | it is a suspend function | String later(String)",
                "UnknownArgument | it reads #nobody | arguments: #a0, #name, #p0",
                "ReadsOneTooMany | it reads #a1 | arguments: #a0, #name, #p0",
                "FinalClass | its class is final | a class that is open, which the compiler plugin kotlin-spring",
                "FinalFunction | it is final | open, of a class that is open, which the compiler plugin kotlin-spring"
            })
    void speaksOfWhatWasWrittenInKotlin(String type, String reason, String expected) throws Exception {
        assertThat(refusalOf(type))
                .contains(type + ".quote(String), ", reason, expected)
                .doesNotContain("Continuation", "$completion", "Object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kotlinx.coroutines.reactor", "kotlinx.coroutines"})
    void refusesALeakyBucketWhereNothingCanDelayACoroutine(String missing) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader all = thread.getContextClassLoader();
        thread.setContextClassLoader(new FilteredClassLoader(missing));
        try {
            assertThat(refusalOf("Leaking"))
                    .contains("Leaking.quote(String), algorithm: leaky-bucket", "kotlinx-coroutines-reactor");
        } finally {
            thread.setContextClassLoader(all);
        }
    }
}
