package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where addresses are expected in headers that do not count. */
class ForwardedHeadersTest {
    private static final String RULES = "ratelimit: {rules: [{id: a, path: /a, key: ip, limit: 5/1m}]}";

    private static List<String> warningsWith(String... properties) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.oursForTheWeb(RULES)
                    .withPropertyValues(properties)
                    .run(context -> assertThat(context).hasNotFailed());
            return lines.at(Level.WARN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "NATIVE", "framework"})
    void warnsWhereNoProxyIsTrusted(String strategy) {
        assertThat(warningsWith("server.forward-headers-strategy=" + strategy))
                .singleElement()
                .asString()
                .contains(
                        "server.forward-headers-strategy is " + strategy,
                        "ratelimit.identity.ip.trusted-proxies is empty",
                        "counted by the proxy's address");
    }

    @Test
    void warnsWhereThePlatformMakesItNative() {
        assertThat(warningsWith("spring.main.cloud-platform=kubernetes"))
                .singleElement()
                .asString()
                .contains("server.forward-headers-strategy is not set, which on KUBERNETES means native");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "framework", ""})
    void saysNothingWhereProxiesAreTrusted(String strategy) {
        assertThat(warningsWith(
                        "server.forward-headers-strategy=" + strategy,
                        "spring.main.cloud-platform=kubernetes",
                        "ratelimit.identity.ip.trusted-proxies[0]=10.0.0.0/8"))
                .isEmpty();
    }

    @Test
    void saysNothingWhereNothingIsForwarded() {
        assertThat(warningsWith("server.forward-headers-strategy=none", "spring.main.cloud-platform=kubernetes"))
                .isEmpty();
        assertThat(warningsWith("spring.main.cloud-platform=none")).isEmpty();
    }
}
