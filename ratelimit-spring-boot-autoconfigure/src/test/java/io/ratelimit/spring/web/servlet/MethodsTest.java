package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No method, and nothing that is taken for one, reaches a handler past its limit. */
class MethodsTest {
    private static Way method(String method, String path, String... headers) {
        return Way.of(method + " " + path + " " + String.join(" ", headers), server -> {
            RawRequest request = server.request(method, path);
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            return request;
        });
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void everyMethodCountsWhereNoneIsNamed(Setup setup) {
        List<Way> ways = Stream.of(
                        "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "FOO", "PROPFIND", "G-E-T")
                .map(method -> method(method, "/limited"))
                .toList();

        new Oracle(setup, () -> new Parts().rule(five("limited", "/limited")))
                .blocks(server -> server.request("GET", "/limited"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void headCountsAsGet(Setup setup) {
        List<Way> ways = Stream.of(
                        method("HEAD", "/only-get"),
                        method("HEAD", "/only-get;x"),
                        method("HEAD", "/only-get?x"),
                        method("HEAD", "/%6fnly-get"),
                        method("get", "/only-get"),
                        method("Head", "/only-get"),
                        method("HEAD", "/only-get", "X-HTTP-Method-Override", "GET")
                                .after(Front::overridesMethods),
                        method("POST", "/only-get", "X-HTTP-Method-Override", "HEAD")
                                .after(Front::overridesMethods))
                .toList();

        new Oracle(setup, () -> new Parts().rule(five("get", "/only-get").methods("GET")))
                .blocks(server -> server.request("GET", "/only-get"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anOverriddenMethodIsBothWhatItWasAndWhatItBecame(Setup setup) {
        Way form = Way.of(
                        "form field _method",
                        server -> server.request("POST", "/limited")
                                .body("application/x-www-form-urlencoded", "_method=DELETE"))
                .after(Front::overridesMethods);
        List<Way> ways = List.of(
                form,
                method("POST", "/limited?_method=DELETE").after(Front::overridesMethods),
                method("POST", "/limited", "X-HTTP-Method-Override", "DELETE").after(Front::overridesMethods),
                method("GET", "/limited", "X-HTTP-Method-Override", "DELETE").after(Front::overridesMethods),
                method("OPTIONS", "/limited", "X-HTTP-Method-Override", "DELETE")
                        .after(Front::overridesMethods),
                method("DELETE", "/limited", "X-HTTP-Method-Override", "GET").after(Front::overridesMethods),
                method("DELETE", "/limited", "X-HTTP-Method-Override", "delete").after(Front::overridesMethods),
                // A preflight that a filter turns into what it asks about.
                method(
                                "OPTIONS",
                                "/limited",
                                "Origin",
                                "https://good.example",
                                "Access-Control-Request-Method",
                                "DELETE",
                                "X-HTTP-Method-Override",
                                "DELETE")
                        .after(Front::overridesMethods));

        new Oracle(setup, () -> new Parts().rule(five("delete", "/limited").methods("DELETE")))
                .blocks(server -> server.request("DELETE", "/limited"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aPreflightCountsByAddressUnderTheDefault(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(five("limited", "/limited"))
                        .byDefault(Rule.named("default").limits(fixed("3/1h"))));

        for (int i = 0; i < 3; i++) {
            assertThat(preflight(server).header("X-RateLimit-Limit")).isEqualTo("3");
        }
        RawResponse denied = preflight(server);

        assertThat(denied.status()).isEqualTo(429);
        assertThat(server.get("/limited").number("X-RateLimit-Remaining"))
                .as("the rule is untouched")
                .isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aPreflightCountsUnderRulesThatNameOptions(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(five("options", "/limited").methods("OPTIONS"))
                        .byDefault(Rule.named("default").limits(fixed("1/1h"))));

        for (int i = 0; i < 5; i++) {
            assertThat(preflight(server).status()).isNotEqualTo(429);
        }
        assertThat(preflight(server).status()).isEqualTo(429);
    }

    private static RawResponse preflight(TestServer server) {
        return server.request("OPTIONS", "/limited")
                .header("Origin", "https://good.example")
                .header("Access-Control-Request-Method", "GET")
                .send();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDenialOfHeadHasNoBody(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(five("limited", "/limited")));
        for (int i = 0; i < 5; i++) {
            server.get("/limited");
        }

        RawResponse denied = server.request("HEAD", "/limited").send();

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Content-Type")).startsWith("application/problem+json");
        assertThat(denied.body()).isEmpty();
    }
}
