package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.plain.PlainRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class CostsTest {
    private static final Limit LIMIT = Limit.parse("5/1h");

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
        MockHttpServletRequest mock = new MockHttpServletRequest("GET", "/");
        mock.setQueryString("n=" + n);
        PlainRequest request = over("/?n=" + n, mock);
        Rule rule =
                Rule.named("r").limits(LIMIT).cost(new RuleCost(1, expression)).build();
        LimiterErrors errors = new LimiterErrors((error, cause) -> {}, System::nanoTime);

        assertThat(new Costs(new RuleExpressions(), errors).of(new RuleMatch(rule, rule.key(), Map.of()), request))
                .isEqualTo(permits);
    }

    /** The example that a message gives for a cost. */
    @ParameterizedTest
    @CsvSource({"-1, 100", "0, 1", "1, 1", "1024, 1", "1025, 2", "4294967296, 4194304"})
    void aCostBySizeIsAsManyAsStartedKilobytes(long length, long permits) {
        MockHttpServletRequest mock = new MockHttpServletRequest("POST", "/") {
            @Override
            public long getContentLengthLong() {
                return length;
            }
        };
        Rule rule = Rule.named("r")
                .limits(LIMIT)
                .cost(RuleCost.parse(
                        "#request.contentLengthLong < 0 ? 100 : (#request.contentLengthLong - 1) / 1024 + 1"))
                .build();
        List<LimiterError> reported = new ArrayList<>();
        Costs costs = new Costs(
                new RuleExpressions(), new LimiterErrors((error, cause) -> reported.add(error), System::nanoTime));

        assertThat(costs.of(RuleMatch.of(rule), over("/", mock))).isEqualTo(permits);
        assertThat(reported).isEmpty();
    }

    @Test
    void whatIsNoCostIsCountedAsAnError() {
        List<LimiterError> reported = new ArrayList<>();
        Rule rule = Rule.named("r")
                .limits(LIMIT)
                .cost(new RuleCost(1, "#query['n']"))
                .build();
        Costs costs = new Costs(
                new RuleExpressions(), new LimiterErrors((error, cause) -> reported.add(error), System::nanoTime));

        assertThat(costs.of(RuleMatch.of(rule), new PlainRequest("GET", "/"))).isEqualTo(1);

        assertThat(reported).containsExactly(LimiterError.COST);
    }

    private static PlainRequest over(String target, Object nativeRequest) {
        return new PlainRequest("GET", target) {
            @Override
            public Object nativeRequest() {
                return nativeRequest;
            }
        };
    }
}
