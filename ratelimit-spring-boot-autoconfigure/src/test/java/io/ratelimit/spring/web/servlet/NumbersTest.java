package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Costs that are computed are whole numbers from 1, whatever the computation gives. */
class NumbersTest {
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
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
