package io.ratelimit.spring.web.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.plain.PlainFront.Response;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What any front gets from the gate, shown with one that knows neither servlets nor Spring MVC. */
class SecondFrontTest {
    /** 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600L;

    private static final String SHA_256_OF_SECRET = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    private final ManualTicker ticker = new ManualTicker(START * 1_000_000);
    private final RulesInForce rules = new RulesInForce(new RuleSet(
            List.of(
                    Rule.named("login")
                            .paths("/login")
                            .methods("POST")
                            .key(RuleKey.parse("ip"))
                            .limits(Limit.parse("2/1m", Algorithm.FIXED_WINDOW))
                            .build(),
                    Rule.named("api")
                            .paths("/api/**")
                            .limits(Limit.parse("1/1h", Algorithm.FIXED_WINDOW))
                            .tier("premium", Limit.parse("3/1h", Algorithm.FIXED_WINDOW))
                            .build(),
                    Rule.named("tenant")
                            .paths("/tenants/{id}")
                            .key(RuleKey.parse("#headers['X-Tenant'] + #id"))
                            .limits(Limit.parse("1/1h", Algorithm.FIXED_WINDOW))
                            .build(),
                    Rule.named("queue")
                            .paths("/queue")
                            .key(RuleKey.parse("global"))
                            .limits(Limit.parse("20/1s burst 2", Algorithm.LEAKY_BUCKET))
                            .build()),
            null,
            null));
    private final PlainFront front = new PlainFront(RequestGate.builder(
                    new RuleLimiter(MemoryStore.of(ticker, 100, Source.MEMORY), List.of()), rules, identities())
            .ticker(ticker)
            .build());

    private static IdentityResolver identities() {
        ApiKeyRegistry keys =
                key -> key.equals(SHA_256_OF_SECRET) ? Optional.of(new ApiKey("acme", "premium")) : Optional.empty();
        return new IdentityResolver(
                IdentityResolver.DEFAULT_ORDER,
                new ApiKeys(ApiKeySettings.defaults(), keys, (kind, failure) -> {}),
                new ClientAddress(ClientAddressSettings.defaults()),
                null,
                (kind, failure) -> {});
    }

    private Response send(PlainRequest request) {
        return front.handle(request).toCompletableFuture().join();
    }

    private List<Integer> statuses(int requests, PlainRequest request) {
        return IntStream.range(0, requests)
                .mapToObj(i -> send(request).status())
                .toList();
    }

    @Test
    void limitsByAddressAndTellsTheClient() {
        PlainRequest login = new PlainRequest("POST", "/login");

        Response first = send(login);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.headers())
                .containsEntry("X-RateLimit-Limit", "2")
                .containsEntry("X-RateLimit-Remaining", "1")
                .containsEntry("X-RateLimit-Reset", Long.toString(START + 60))
                .doesNotContainKey("Retry-After");
        assertThat(send(login).status()).isEqualTo(200);

        Response denied = send(login);
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.headers())
                .containsEntry("X-RateLimit-Remaining", "0")
                .containsEntry("Retry-After", "60")
                .containsEntry("Cache-Control", "no-store");
        assertThat(denied.body()).contains("\"violated-policies\":[\"login\"]", "\"retryAfter\":60");
        assertThat(send(new PlainRequest("POST", "/login").header("Peer", "192.0.2.2"))
                        .status())
                .as("another address")
                .isEqualTo(200);
        assertThat(statuses(3, new PlainRequest("GET", "/login")))
                .as("another method")
                .containsOnly(200);
    }

    @Test
    void givesAnApiKeyTheLimitOfItsTier() {
        assertThat(statuses(4, new PlainRequest("GET", "/api/x").header("X-API-Key", "secret")))
                .containsExactly(200, 200, 200, 429);
        assertThat(statuses(2, new PlainRequest("GET", "/api/x").header("X-API-Key", "made-up")))
                .containsExactly(200, 429);
    }

    @Test
    void countsByAnExpression() {
        assertThat(statuses(2, new PlainRequest("GET", "/tenants/7").header("X-Tenant", "a")))
                .containsExactly(200, 429);
        assertThat(statuses(1, new PlainRequest("GET", "/tenants/8").header("X-Tenant", "a")))
                .containsExactly(200);
        assertThat(statuses(1, new PlainRequest("GET", "/tenants/7").header("X-Tenant", "b")))
                .containsExactly(200);
    }

    @Test
    void makesARequestWaitForItsTurnInALeakyBucket() {
        PlainRequest queue = new PlainRequest("GET", "/queue");

        assertThat(send(queue).waited()).isEqualTo(Duration.ZERO);
        Response second = send(queue);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.waited()).isBetween(Duration.ofMillis(1), Duration.ofMillis(50));
        assertThat(send(queue).status()).isEqualTo(429);
    }

    @Test
    void meetsOtherRulesFromTheNextRequestOn() {
        PlainRequest login = new PlainRequest("POST", "/login");
        assertThat(statuses(3, login)).containsExactly(200, 200, 429);

        rules.replace(new RuleSet(
                List.of(Rule.named("login")
                        .paths("/login")
                        .key(RuleKey.parse("ip"))
                        .limits(Limit.parse("3/1m", Algorithm.FIXED_WINDOW))
                        .build()),
                null,
                null));

        assertThat(statuses(2, login)).as("two of three are used").containsExactly(200, 429);
    }
}
