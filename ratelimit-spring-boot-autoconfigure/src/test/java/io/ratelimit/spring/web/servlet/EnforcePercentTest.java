package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A rule that is introduced denies a share of the identities: the same ones on every instance. */
class EnforcePercentTest {
    private static final int IDENTITIES = 10_000;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void deniesATenthOfTheIdentitiesAndTheSameOnesOnEveryInstance() throws Exception {
        Set<Integer> one = deniedBy(Setup.TOMCAT);
        double watched = shadowDenied();
        Set<Integer> other = deniedBy(Setup.JETTY_CONTEXT);

        assertThat(one).hasSizeBetween(IDENTITIES * 9 / 100, IDENTITIES * 11 / 100);
        assertThat(other).as("on another instance").isEqualTo(one);
        assertThat(watched).as("the rest is counted as shadow").isEqualTo(IDENTITIES - one.size());
    }

    private double shadowDenied() {
        return meters.get("ratelimit.requests")
                .tags("rule", "introduced", "outcome", "shadow-denied")
                .counter()
                .count();
    }

    /** Everybody is over the limit with a single request. */
    private Set<Integer> deniedBy(Setup setup) throws IOException, InterruptedException {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(five("introduced", "/limited")
                                .key(RuleKey.parse("#headers['X-Tenant']"))
                                .cost(RuleCost.parse("6"))
                                .enforcePercent(10))
                        .telling(new RateLimitMetrics(meters, "memory")));
        Set<Integer> denied = new TreeSet<>();
        for (int identity = 0; identity < IDENTITIES; identity++) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + server.port() + setup.contextPath + "/limited"))
                    .header("X-Tenant", "tenant-" + identity)
                    .build();
            int status = HTTP.send(request, BodyHandlers.discarding()).statusCode();
            assertThat(status).isIn(200, 429);
            if (status == 429) {
                denied.add(identity);
            }
        }
        assertThat(server.handled()).isEqualTo(IDENTITIES - denied.size());
        return denied;
    }
}
