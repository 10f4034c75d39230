package io.ratelimit.spring.web;

import static io.ratelimit.spring.web.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.TestServer.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Costs that are computed are whole numbers from 1, whatever the computation gives. */
class NumbersTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    "#query['n']"          | 3                    | 3
                    "#query['n']"          | 0                    | 1
                    "#query['n']"          | -5                   | 1
                    "#query['n']"          | 1.5                  | 1
                    "#query['n']"          | 1e3                  | 1
                    "#query['n']"          | NaN                  | 1
                    "#query['n']"          | Infinity             | 1
                    "#query['n']"          | abc                  | 1
                    "#query['n']"          | 0x10                 | 1
                    "#query['n']"          | +7                   | 1
                    "#query['n']"          | %D9%A3               | 1
                    "#query['n']"          | 007                  | 7
                    "#query['n']"          | 9223372036854775807  | 9223372036854775807
                    "#query['n']"          | 9223372036854775808  | 9223372036854775807
                    "#query['n']"          | 99999999999999999999999999999999999999999999999999999999999999999999999999 | 9223372036854775807
                    "#query['none']"       | 3                    | 1
                    "#n"                   | 12                   | 12
                    2 * 3                | 0                    | 6
                    2.0 * 3              | 0                    | 6
                    2.5 * 3              | 0                    | 1
                    0.0 / 0              | 0                    | 1
                    1.0 / 0              | 0                    | 1
                    1 / 0                | 0                    | 1
                    1e300                | 0                    | 9223372036854775807
                    -1                   | 0                    | 1
                    true                 | 0                    | 1
                    {1, 2}               | 0                    | 1
                    null                 | 0                    | 1
                    "#request.noSuch"      | 0                    | 1
                    "#request.contentLength" | 0                  | 1
                    """)
    void costsAreWholeNumbersFromOne(String expression, String n, long permits) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.setQueryString("n=" + n);
        Rule rule = Rule.named("r")
                .limits(fixed("5/1h"))
                .cost(new RuleCost(1, expression))
                .build();
        LimiterErrors errors = new LimiterErrors((error, cause) -> {}, System::nanoTime);

        assertThat(new Costs(new RuleExpressions(), errors).of(new RuleMatch(rule, rule.key(), Map.of()), request))
                .isEqualTo(permits);
    }

    /** The example that a message gives for a cost. */
    @ParameterizedTest
    @CsvSource({"-1, 100", "0, 1", "1, 1", "1024, 1", "1025, 2", "4294967296, 4194304"})
    void aCostBySizeIsAsManyAsStartedKilobytes(long length, long permits) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/") {
            @Override
            public long getContentLengthLong() {
                return length;
            }
        };
        Rule rule = Rule.named("r")
                .limits(fixed("5/1h"))
                .cost(RuleCost.parse(
                        "#request.contentLengthLong < 0 ? 100 : (#request.contentLengthLong - 1) / 1024 + 1"))
                .build();
        List<LimiterError> reported = new ArrayList<>();
        Costs costs = new Costs(
                new RuleExpressions(), new LimiterErrors((error, cause) -> reported.add(error), System::nanoTime));

        assertThat(costs.of(RuleMatch.of(rule), request)).isEqualTo(permits);
        assertThat(reported).isEmpty();
    }

    @Test
    void whatIsNoCostIsCountedAsAnError() {
        List<LimiterError> reported = new ArrayList<>();
        Rule rule = Rule.named("r")
                .limits(fixed("5/1h"))
                .cost(new RuleCost(1, "#query['n']"))
                .build();
        Costs costs = new Costs(
                new RuleExpressions(), new LimiterErrors((error, cause) -> reported.add(error), System::nanoTime));

        assertThat(costs.of(RuleMatch.of(rule), new MockHttpServletRequest("GET", "/")))
                .isEqualTo(1);

        assertThat(reported).containsExactly(LimiterError.COST);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.Setup#selected")
    void noNumberMakesARequestCheaperThanOne(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("priced")
                                .paths("/limited")
                                .key(RuleKey.parse("ip"))
                                .cost(RuleCost.parse("#query['n']"))
                                .limits(fixed("5/1h"))));

        for (String n : List.of("0", "-1", "NaN", "1e-9", "", "-9223372036854775808", "0.5", "%00", "null", "x")) {
            server.get("/limited?n=" + n);
        }
        assertThat(server.handled()).isEqualTo(5);

        server.install(new Parts()
                .rule(Rule.named("priced")
                        .paths("/limited")
                        .key(RuleKey.parse("ip"))
                        .cost(RuleCost.parse("#query['n']"))
                        .limits(fixed("5/1h"))));
        for (String n : List.of("6", "9223372036854775807", "9".repeat(400))) {
            RawResponse denied = server.get("/limited?n=" + n);
            assertThat(denied.status()).isEqualTo(429);
            assertThat(denied.header("Retry-After")).as("never").isNull();
        }
        assertThat(server.get("/limited?n=5").status()).isEqualTo(200);
    }
}
