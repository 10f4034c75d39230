package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With {@code server.forward-headers-strategy: native}, Tomcat itself takes the client's address from what proxies of private
 * addresses say, as here those of this machine. What a client puts in front of that must not count.
 */
class NativeForwardingTest {
    private static final String CLIENT = "198.51.100.9";

    static Stream<Setup> tomcats() {
        return Setup.selected().filter(setup -> setup.container == Setup.Container.TOMCAT);
    }

    private static FullServer start(Setup setup, String... properties) {
        return FullServer.start(
                setup,
                Stream.concat(
                                Stream.of(
                                        "server.forward-headers-strategy=native",
                                        "ratelimit.rules[0].id=limited",
                                        "ratelimit.rules[0].path=/limited",
                                        "ratelimit.rules[0].key=ip",
                                        "ratelimit.rules[0].limit=5/1h",
                                        "ratelimit.rules[0].algorithm=fixed-window"),
                                Stream.of(properties))
                        .toArray(String[]::new));
    }

    private static RawRequest from(FullServer server, String... forwardedFor) {
        RawRequest request = server.request("GET", "/limited");
        Stream.of(forwardedFor).forEach(value -> request.header("X-Forwarded-For", value));
        return request;
    }

    private static void assertOneClient(FullServer server) {
        List<RawRequest> others = List.of(
                from(server, "1.1.1.1, " + CLIENT),
                from(server, "2.2.2.2,3.3.3.3 ," + CLIENT),
                from(server, "unknown, " + CLIENT),
                from(server, CLIENT + ", 127.0.0.1"),
                from(server, "4.4.4.4, " + CLIENT + ", 10.0.0.1, 192.168.0.1"),
                from(server, "5.5.5.5", CLIENT),
                from(server, "10.0.0.1, ".repeat(200) + CLIENT),
                from(server, CLIENT).header("Forwarded", "for=6.6.6.6"),
                from(server, CLIENT).header("X-Real-IP", "7.7.7.7"),
                from(server, CLIENT).header("X-Forwarded-By", "8.8.8.8"));
        for (int i = 0; i < 5; i++) {
            assertThat(from(server, CLIENT).send().status()).isEqualTo(200);
        }
        for (RawRequest other : others) {
            other.send();
        }
        assertThat(server.handled()).as("handled of 5 and the others").isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("tomcats")
    void whatAClientPutsInFrontDoesNotCount(Setup setup) {
        try (FullServer server = start(setup)) {
            assertOneClient(server);
        }
    }

    /** Proxies that are trusted here too change nothing: the container has taken them out of the header. */
    @ParameterizedTest
    @MethodSource("tomcats")
    void norWhereProxiesAreTrustedHereToo(Setup setup) {
        try (FullServer server = start(
                setup,
                "ratelimit.identity.ip.trusted-proxies[0]=127.0.0.0/8",
                "ratelimit.identity.ip.trusted-proxies[1]=10.0.0.0/8")) {
            assertOneClient(server);
        }
    }

    @ParameterizedTest
    @MethodSource("tomcats")
    void clientsBehindTheProxyAreCountedApart(Setup setup) {
        try (FullServer server = start(setup)) {
            IntStream.range(0, 20)
                    .forEach(client -> assertThat(
                                    from(server, "203.0.113." + client).send().number("X-RateLimit-Remaining"))
                            .isEqualTo(4));
            assertThat(server.get("/limited").number("X-RateLimit-Remaining"))
                    .as("the proxy itself")
                    .isEqualTo(4);
        }
    }
}
