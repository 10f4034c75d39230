package io.ratelimit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ratelimit.identity.AddressBlock;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InvalidValueExceptionTest {
    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("refusals")
    void saysNameValueAndExpectationInPartsAndInTheMessage(
            ThrowingCallable refused, String name, String value, String expectation) {
        InvalidValueException problem = catchThrowableOfType(InvalidValueException.class, refused);

        assertThat(problem.name()).isEqualTo(name);
        assertThat(problem.value()).isEqualTo(value);
        assertThat(problem.expectation()).isEqualTo(expectation);
        assertThat(problem).hasMessage("%s: %s (expected: %s)", name, value, expectation);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(() -> Limit.of(0, Duration.ofHours(1)), "limit", "0", "a whole number from 1, such as 100"),
                refusal(
                        () -> Limit.parse("x) (expected: y/1h"),
                        "limit",
                        "\"x) (expected: y/1h\"",
                        "<permits>/<window>, such as 100/1h or 100/1h burst 20"),
                refusal(
                        () -> Limit.parseWindow("5 minutes"),
                        "window",
                        "\"5 minutes\"",
                        "a whole number and a unit of ms, s, m, h or d, from 1ms to 366d, such as 1m or 1h30m"),
                refusal(
                        () -> Algorithm.parse("leaky"),
                        "algorithm",
                        "\"leaky\"",
                        "one of fixed-window, sliding-log, sliding-counter, token-bucket, leaky-bucket"),
                refusal(
                        () -> AddressBlock.parse("exempt", "10.0.0.1/8"),
                        "exempt",
                        "\"10.0.0.1/8\"",
                        "10.0.0.0/8, which is the block around this address, or 10.0.0.1/32, the address alone"),
                refusal(() -> IdentityDigest.hmac(""), "key-secret", "\"\"", "a secret text, or no key-secret at all"),
                refusal(() -> new ApiKey(" ", null), "name", "\" \"", "a name such as acme"),
                refusal(() -> Rule.named("No good"), "id", "\"No good\"", "1 to 64 of a-z, 0-9 and -, such as login"),
                refusal(
                        () -> RuleCost.parse("many"),
                        "cost",
                        "\"many\"",
                        "a whole number from 1, or an expression that starts with #"),
                refusal(() -> MemoryStore.withMaxKeys(0), "max-keys", "0", "a whole number from 1, such as 1000000"));
    }

    private static Arguments refusal(ThrowingCallable refused, String name, String value, String expectation) {
        return Arguments.of(refused, name, value, expectation);
    }

    @Test
    void keepsTheFailureOfParsingAsItsCause() {
        assertThat(catchThrowableOfType(InvalidValueException.class, () -> RuleCost.parse("many")))
                .hasCauseInstanceOf(NumberFormatException.class);
    }
}
