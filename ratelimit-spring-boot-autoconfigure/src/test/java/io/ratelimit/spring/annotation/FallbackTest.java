package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ratelimit.RateLimitExceededException;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FallbackTest {
    private final LimitedApplication application = new LimitedApplication();
    private Quotes quotes;

    static class Base {
        protected String inherited(String name) {
            return "base instead of " + name;
        }
    }

    static class Quotes extends Base {
        @RateLimited(value = "1/1m", fallback = "old")
        public String quote(String name) {
            return "new " + name;
        }

        @SuppressWarnings("UnusedMethod") // By its name.
        private String old(String name) {
            return "old " + name;
        }

        @RateLimited(value = "1/1m", fallback = "explained")
        public String explainable(String name) {
            return "new " + name;
        }

        String explained(String name) {
            return "not this one";
        }

        String explained(String name, RateLimitExceededException denial) {
            return "old " + name + " of " + denial.decision().limit();
        }

        @RateLimited(value = "1/1m", fallback = "inherited")
        public String ofBase(String name) {
            return "new " + name;
        }

        @RateLimited(value = "1/1m", fallback = "failing")
        public String unlucky() {
            return "new";
        }

        String failing() throws IOException {
            throw new IOException("gone too");
        }

        @RateLimited(value = "1/1m", fallback = "later")
        public CompletionStage<String> asynchronous() {
            return CompletableFuture.completedFuture("new");
        }

        CompletableFuture<String> later(RateLimitExceededException denial) {
            return CompletableFuture.completedFuture("later");
        }

        @RateLimited("1/1m")
        public CompletableFuture<String> promise() {
            return CompletableFuture.completedFuture("new");
        }

        @RateLimited(value = "1/1m", fallback = "none")
        public int primitive() {
            return 1;
        }

        static int none() {
            return 0;
        }

        @RateLimited(value = "1/1m", fallback = "drop")
        public void nothing(List<String> dropped) {}

        void drop(List<String> dropped) {
            dropped.add("dropped");
        }

        @RateLimited(value = "3/1m", fallback = "first")
        @RateLimited(value = "1/1s", fallback = "second")
        public String twice() {
            return "new";
        }

        String first() {
            return "first";
        }

        String second() {
            return "second";
        }

        @RateLimited(value = "1/1m", fallback = "map")
        public Object covariant() {
            return Map.of("new", 1);
        }

        Map<String, Integer> map() {
            return Map.of("old", 1);
        }
    }

    @BeforeEach
    void start() {
        quotes = application.start(Quotes.class).bean(Quotes.class);
    }

    @AfterEach
    void close() {
        application.close();
    }

    @Test
    void isCalledWithTheArgumentsInsteadOfTheDeniedMethod() {
        assertThat(quotes.quote("a")).isEqualTo("new a");
        assertThat(quotes.quote("b")).isEqualTo("old b");
    }

    @Test
    void isToldOfTheDenialIfItWantsTo() {
        quotes.explainable("a");

        assertThat(quotes.explainable("b")).isEqualTo("old b of 1");
    }

    @Test
    void mayBeInherited() {
        quotes.ofBase("a");

        assertThat(quotes.ofBase("b")).isEqualTo("base instead of b");
    }

    @Test
    void throwsWhatItThrows() {
        quotes.unlucky();

        assertThatIOException().isThrownBy(() -> {
            try {
                quotes.unlucky();
            } catch (UndeclaredThrowableException undeclared) {
                throw undeclared.getCause();
            }
        });
    }

    @Test
    void givesAnotherStage() {
        assertThat(quotes.asynchronous().toCompletableFuture()).isCompletedWithValue("new");
        assertThat(quotes.asynchronous().toCompletableFuture()).isCompletedWithValue("later");
    }

    @Test
    void isAFailedStageWhereThereIsNone() {
        assertThat(quotes.promise()).isCompletedWithValue("new");

        assertThat(quotes.promise())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RateLimitExceededException.class);
    }

    @Test
    void mayBeStaticAndReturnAPrimitiveOrNothing() {
        List<String> dropped = new ArrayList<>();
        quotes.primitive();
        quotes.nothing(dropped);

        assertThat(quotes.primitive()).isZero();
        quotes.nothing(dropped);
        assertThat(dropped).containsExactly("dropped");
    }

    @Test
    void mayReturnASubtype() {
        quotes.covariant();

        assertThat(quotes.covariant()).isEqualTo(Map.of("old", 1));
    }

    @Test
    void isThatOfTheLimitThatDenied() {
        assertThat(quotes.twice()).isEqualTo("new");
        assertThat(quotes.twice()).isEqualTo("second");
        application.ticker.advance(Duration.ofSeconds(1));
        assertThat(quotes.twice()).isEqualTo("new");
        application.ticker.advance(Duration.ofSeconds(1));
        assertThat(quotes.twice()).isEqualTo("new");
        application.ticker.advance(Duration.ofSeconds(1));
        assertThat(quotes.twice()).isEqualTo("first");
    }
}
