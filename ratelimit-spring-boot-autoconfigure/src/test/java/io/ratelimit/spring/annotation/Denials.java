package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ratelimit.RateLimitExceededException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a caller of a limited method sees. */
final class Denials {
    private Denials() {}

    static void assertAdmits(int calls, ThrowingCallable call) {
        for (int i = 1; i <= calls; i++) {
            assertThatCode(call).as("call %d", i).doesNotThrowAnyException();
        }
        assertDenies(call);
    }

    static void assertDenies(ThrowingCallable call) {
        assertThatExceptionOfType(RateLimitExceededException.class)
                .as("a call above the limit")
                .isThrownBy(call);
    }
}
