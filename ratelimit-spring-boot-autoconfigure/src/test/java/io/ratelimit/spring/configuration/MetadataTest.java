package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE knows about the properties. */
class MetadataTest {
    private static final String FILE = "/META-INF/spring-configuration-metadata.json";

    private static List<JsonNode> properties() throws IOException {
        try (InputStream file = RateLimitProperties.class.getResourceAsStream(FILE)) {
            return JsonMapper.shared()
                    .readTree(file)
                    .get("properties")
                    .valueStream()
                    .toList();
        }
    }

    @Test
    void describesEveryProperty() throws IOException {
        assertThat(properties()).isNotEmpty().allSatisfy(property -> {
            String name = property.get("name").asString();
            assertThat(property.path("description").asString())
                    .as("the description of %s", name)
                    .isNotBlank()
                    .endsWith(".");
        });
    }

    @Test
    void listsThePropertiesThatTheDesignHas() throws IOException {
        Set<String> names = new HashSet<>();
        properties().forEach(property -> names.add(property.get("name").asString()));
        names.removeIf(name -> !name.startsWith("ratelimit."));
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "ratelimit.enabled",
                        "ratelimit.backend",
                        "ratelimit.mode",
                        "ratelimit.namespace",
                        "ratelimit.key-secret",
                        "ratelimit.exclude",
                        "ratelimit.case-insensitive",
                        "ratelimit.default.limit",
                        "ratelimit.default.algorithm",
                        "ratelimit.default.tiered",
                        "ratelimit.tiers",
                        "ratelimit.default-tier",
                        "ratelimit.rules",
                        "ratelimit.overrides",
                        "ratelimit.identity.order",
                        "ratelimit.identity.ip.trusted-proxies",
                        "ratelimit.identity.ip.forwarded-header",
                        "ratelimit.identity.ip.ipv4-prefix",
                        "ratelimit.identity.ip.ipv6-prefix",
                        "ratelimit.identity.exempt.api-keys",
                        "ratelimit.identity.exempt.users",
                        "ratelimit.identity.exempt.addresses",
                        "ratelimit.identity.blocked.api-keys",
                        "ratelimit.identity.blocked.users",
                        "ratelimit.identity.blocked.addresses",
                        "ratelimit.api-keys.header",
                        "ratelimit.api-keys.query-parameter",
                        "ratelimit.api-keys.trust-unverified",
                        "ratelimit.api-keys.keys",
                        "ratelimit.headers.style",
                        "ratelimit.headers.max-retry-after",
                        "ratelimit.retry-after-jitter",
                        "ratelimit.memory.max-keys",
                        "ratelimit.redis.timeout",
                        "ratelimit.redis.fail-fast",
                        "ratelimit.redis.circuit-breaker.failure-threshold",
                        "ratelimit.redis.circuit-breaker.slow-call-duration",
                        "ratelimit.redis.circuit-breaker.open-duration",
                        "ratelimit.redis.fallback.instances",
                        "ratelimit.redis.fallback.max-keys",
                        "ratelimit.max-held");
    }
}
