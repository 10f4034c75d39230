package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.catalina.valves.RemoteIpValve;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * With {@code server.forward-headers-strategy: native}, Tomcat takes the client's address from what any private address says,
 * such as this machine's, and Jetty from what anybody says. The limiter counts by the connection and its own trusted proxies.
 */
class NativeForwardingTest {
    private static final String NATIVE = "server.forward-headers-strategy=native";
    private static final String TRUSTED = "ratelimit.identity.ip.trusted-proxies[0]=127.0.0.0/8";
    private static final String CLIENT = "198.51.100.9";

    @RestController
    static class Mirror {
        @GetMapping("/seen")
        String seen(HttpServletRequest request) {
            return request.getRemoteAddr();
        }
    }

    /** As applications do that bring Tomcat's valve themselves. */
    @Configuration(proxyBeanMethods = false)
    static class OwnValve {
        @Bean
        WebServerFactoryCustomizer<TomcatWebServerFactory> ownValve() {
            return factory -> factory.addEngineValves(new RemoteIpValve());
        }
    }

    static Stream<Setup> tomcats() {
        return Setup.selected().filter(setup -> setup.container == Setup.Container.TOMCAT);
    }

    private static FullServer start(Setup setup, String... properties) {
        return start(setup, List.of(), properties);
    }

    private static FullServer start(Setup setup, List<Class<?>> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        addRule(all, 0, "/limited", "ip");
        addRule(all, 1, "/login", "#request.remoteAddr");
        addRule(all, 2, "/tenants", "#request.remoteHost");
        return FullServer.start(
                setup, Stream.concat(more.stream(), Stream.of(Mirror.class)).toList(), all.toArray(String[]::new));
    }

    private static void addRule(List<String> properties, int index, String path, String key) {
        String rule = "ratelimit.rules[" + index + "].";
        properties.addAll(List.of(
                rule + "id=rule-" + index,
                rule + "path=" + path,
                rule + "key=" + key,
                rule + "limit=5/1h",
                rule + "algorithm=fixed-window"));
    }

    private static RawRequest from(FullServer server, String... forwardedFor) {
        RawRequest request = server.request("GET", "/limited");
        Stream.of(forwardedFor).forEach(value -> request.header("X-Forwarded-For", value));
        return request;
    }

    private static void assertOneClient(FullServer server, IntFunction<RawRequest> forged) {
        int before = server.handled();
        for (int i = 1; i <= 20; i++) {
            forged.apply(i).send();
        }
        assertThat(server.handled() - before)
                .as("handled of 20 forged requests")
                .isEqualTo(5);
    }

    private static void assertBelievedByTheContainer(FullServer server) {
        assertThat(server.request("GET", "/seen")
                        .header("X-Forwarded-For", CLIENT)
                        .send()
                        .body())
                .as("what the application sees")
                .isEqualTo(CLIENT);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void nobodyChoosesAnAddress(Setup setup) {
        try (FullServer server = start(setup, NATIVE, "ratelimit.identity.exempt.addresses[0]=203.0.113.0/28")) {
            assertBelievedByTheContainer(server);
            for (String path : List.of("/limited", "/login", "/tenants")) {
                assertOneClient(server, i -> server.request("GET", path).header("X-Forwarded-For", "203.0.113." + i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void norInAnotherHeader(Setup setup) {
        try (FullServer server = start(setup, NATIVE)) {
            assertOneClient(
                    server,
                    i -> from(server)
                            .header("Forwarded", "for=203.0.113." + i + ";proto=https;host=a" + i + ".example")
                            .header("X-Forwarded-Host", "b" + i + ".example")
                            .header("X-Forwarded-Server", "c" + i + ".example")
                            .header("X-Forwarded-Port", "" + (8_000 + i))
                            .header("X-Forwarded-Proto", i % 2 == 0 ? "https" : "http")
                            .header("X-Proxied-Https", "on")
                            .header("Proxy-Ssl-Id", "" + i)
                            .header("X-Real-IP", "203.0.113." + i));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void clientsBehindATrustedProxyAreCountedApart(Setup setup) {
        try (FullServer server = start(setup, NATIVE, TRUSTED)) {
            IntStream.range(0, 20)
                    .forEach(client -> assertThat(
                                    from(server, "203.0.113." + client).send().number("X-RateLimit-Remaining"))
                            .isEqualTo(4));
            assertThat(server.get("/limited").number("X-RateLimit-Remaining"))
                    .as("the proxy itself")
                    .isEqualTo(4);
        }
    }

    /** Private addresses among them, which Tomcat takes out of the header as if each were a proxy. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whatAClientPutsInFrontOfATrustedProxysDoesNotCount(Setup setup) {
        try (FullServer server = start(setup, NATIVE, TRUSTED)) {
            for (String client : List.of(CLIENT, "10.1.2.3")) {
                List<RawRequest> forged = List.of(
                        from(server, "1.1.1.1, " + client),
                        from(server, "2.2.2.2,3.3.3.3 ," + client),
                        from(server, "unknown, " + client),
                        from(server, client + ", 127.0.0.1"),
                        from(server, "4.4.4.4, " + client + ", 127.0.0.2, 127.0.0.1"),
                        from(server, "5.5.5.5", client),
                        from(server, "10.0.0.1, ".repeat(200) + client),
                        from(server, client).header("Forwarded", "for=6.6.6.6"),
                        from(server, client).header("X-Real-IP", "7.7.7.7"),
                        from(server, client).header("X-Forwarded-By", "8.8.8.8"));

                assertOneClient(server, i -> i <= 10 ? from(server, client) : forged.get(i - 11));
            }
            assertThat(from(server, "9.9.9.9").send().status())
                    .as("another client")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aTrustedProxyMayWriteTheOtherHeader(Setup setup) {
        try (FullServer server = start(setup, NATIVE, TRUSTED, "ratelimit.identity.ip.forwarded-header=Forwarded")) {
            assertOneClient(
                    server,
                    i -> from(server, "203.0.113." + i).header("Forwarded", "for=192.0.2." + i + ", for=" + CLIENT));
            assertThat(from(server).header("Forwarded", "for=9.9.9.9").send().status())
                    .as("another client")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("tomcats")
    void aValveOfTheApplicationChangesNothing(Setup setup) {
        try (FullServer server = start(setup, List.of(OwnValve.class))) {
            assertBelievedByTheContainer(server);
            assertOneClient(server, i -> from(server, "203.0.113." + i));
        }
        try (FullServer server = start(setup, List.of(OwnValve.class), TRUSTED)) {
            assertOneClient(server, i -> from(server, "203.0.113." + i + ", " + CLIENT + ", 127.0.0.1"));
        }
    }
}
