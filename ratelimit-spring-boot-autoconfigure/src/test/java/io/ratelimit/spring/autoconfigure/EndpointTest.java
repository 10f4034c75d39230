package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.spring.actuate.RateLimitEndpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.client.RestClient;

/** The actuator endpoint, over HTTP. */
class EndpointTest {
    /** A careless one: everybody may do everything. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        SecurityFilterChain everythingIsOpen(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("admin")
                            .password("{noop}admin")
                            .roles(RateLimitEndpoint.WRITE_ROLE)
                            .build(),
                    User.withUsername("user")
                            .password("{noop}user")
                            .roles("USER")
                            .build());
        }
    }

    private static final String YAML = """
            ratelimit:
              backend: memory
              tiers: {free: 3/1h, premium: 30/1h}
              default: {limit: 100/1h}
              rules:
                - {id: login, path: /login, methods: [POST], limit: 5/1m, algorithm: fixed-window, key: ip}
                - {id: items, path: /items/**, limit: 10/1h, tiered: true}
                - {id: users, path: /users, limit: 10/1h, key: user}
                - {id: tenants, path: /tenants, limit: 10/1h, key: "#request.method"}
              identity: {exempt: {addresses: [198.51.100.0/24]}, blocked: {addresses: [203.0.113.7]}}
            """;

    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() {
        context = start("unrestricted");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static ConfigurableApplicationContext start(String access) {
        return new SpringApplicationBuilder(Application.class)
                .initializers(Yaml.of(YAML))
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN",
                        "management.endpoints.web.exposure.include=ratelimit",
                        access.isEmpty() ? "x=y" : "management.endpoint.ratelimit.access=" + access)
                .run();
    }

    private static ResponseEntity<String> call(
            ConfigurableApplicationContext application, HttpMethod method, String user, String path) {
        return RestClient.builder()
                .baseUrl("http://localhost:" + application.getEnvironment().getProperty("local.server.port"))
                .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                .defaultHeaders(headers -> {
                    if (!user.isEmpty()) {
                        headers.setBasicAuth(user, user);
                    }
                })
                .build()
                .method(method)
                .uri("/actuator/ratelimit" + path)
                .retrieve()
                .toEntity(String.class);
    }

    private static String get(String path) {
        ResponseEntity<String> answer = call(context, HttpMethod.GET, "", path);
        assertThat(answer.getStatusCode().value()).as("the status of %s", path).isEqualTo(200);
        return answer.getBody();
    }

    @Test
    void showsTheRulesInForce() {
        assertThat(get(""))
                .contains(
                        "\"backend\":\"memory\"",
                        "\"id\":\"login\"",
                        "\"limits\":[{\"limit\":\"5/1m\",\"algorithm\":\"fixed-window\"}]",
                        "\"premium\":[{\"limit\":\"30/1h\",\"algorithm\":\"token-bucket\"}]",
                        "\"defaultRule\":{\"id\":\"default\"");
    }

    @Test
    void explainsARequestWithoutChargingIt() {
        for (int i = 0; i < 3; i++) {
            assertThat(get("/explain?method=POST&path=/login&address=192.0.2.1"))
                    .contains(
                            "\"standing\":\"limited\"",
                            "\"allowed\":true",
                            "\"rule\":\"login\"",
                            "\"phase\":\"before-authentication\"",
                            "\"counts\":\"ip\"",
                            "\"remaining\":5",
                            IdentityDigest.sha256().of(Identity.ofIp("192.0.2.1")))
                    .doesNotContain("192.0.2.1");
        }
    }

    @Test
    void explainsWhoIsCounted() {
        assertThat(get("/explain?path=/users&user=ann")).contains("\"counts\":\"user\"");
        assertThat(get("/explain?path=/users")).contains("\"counts\":\"user:ip\"");
        assertThat(get("/explain?path=/items/1")).contains("\"rule\":\"items\"", "\"limit\":\"3/1h\"");
        assertThat(get("/explain?path=/else")).contains("\"rule\":\"default\"");
    }

    @Test
    void explainsWhoIsTreatedApart() {
        assertThat(get("/explain?path=/login&address=198.51.100.9")).contains("\"standing\":\"exempt\"");
        assertThat(get("/explain?path=/login&address=203.0.113.7"))
                .contains("\"standing\":\"blocked\"", "\"allowed\":false");
        assertThat(get("/explain?path=/actuator/health/liveness")).contains("\"standing\":\"excluded\"");
    }

    @Test
    void showsWhatIsCountedOfAnIdentity() {
        assertThat(get("/peek?rule=items&kind=user&value=ann")).contains("\"limit\":\"3/1h\"", "\"remaining\":3");
        assertThat(get("/peek?rule=items&kind=user&value=ann&tier=premium")).contains("\"remaining\":30");
    }

    @Test
    void refusesQuestionsThatMakeNoSense() {
        assertThat(call(context, HttpMethod.GET, "", "/peek?rule=nope&kind=ip&value=192.0.2.1")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
        assertThat(call(context, HttpMethod.GET, "", "/peek?rule=items&kind=x&value=y")
                        .getStatusCode()
                        .value())
                .isEqualTo(400);
        assertThat(call(context, HttpMethod.GET, "", "/explain").getStatusCode().value())
                .isEqualTo(400);
        assertThat(call(context, HttpMethod.GET, "", "/nothing").getStatusCode().value())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "login, user, 'the key ip counts: ip'",
        "users, ip, 'the key user counts: user'",
        "users, global, 'the key user counts: user'",
        "items, global, 'the key identity counts: api-key, user, ip'",
        "tenants, ip, '#request.method counts: none that can be asked for'"
    })
    void refusesToShowOrForgetAKindThatTheRuleDoesNotCount(String rule, String kind, String says) {
        ResponseEntity<String> shown =
                call(context, HttpMethod.GET, "", "/peek?rule=" + rule + "&kind=" + kind + "&value=192.0.2.1");
        assertThat(shown.getStatusCode().value()).as("the status of peek").isEqualTo(400);
        assertThat(shown.getBody()).contains(says);
        ResponseEntity<String> forgotten =
                call(context, HttpMethod.DELETE, "admin", "/" + rule + "?kind=" + kind + "&value=192.0.2.1");
        assertThat(forgotten.getStatusCode().value()).as("the status of reset").isEqualTo(400);
        assertThat(forgotten.getBody()).contains(says);
    }

    private static void spend(String user) {
        RestClient.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                .get()
                .uri("/users")
                .headers(headers -> headers.setBasicAuth(user, user))
                .retrieve()
                .onStatus(HttpStatusCode::isError, (request, response) -> {})
                .toBodilessEntity();
    }

    @Test
    void showsWhoAsksMostByDigestAlone() {
        for (int i = 0; i < 12; i++) {
            spend("user");
        }
        String digest = IdentityDigest.sha256().of(Identity.ofUser("user"));
        assertThat(get("/top"))
                .contains("\"rule\":\"users\",\"identity\":\"" + digest)
                .doesNotContain("\"user\"");
        assertThat(call(context, HttpMethod.DELETE, "admin", "/users?kind=user&value=user")
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
    }

    @Test
    void forgetsNothingWithoutAuthority() {
        assertThat(call(context, HttpMethod.DELETE, "admin", "/users?kind=user&value=user")
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
        spend("user");
        assertThat(get("/peek?rule=users&kind=user&value=user")).contains("\"remaining\":9");
        for (String who : new String[] {"", "user"}) {
            for (HttpMethod method : new HttpMethod[] {HttpMethod.DELETE, HttpMethod.POST}) {
                assertThat(call(context, method, who, "/users?kind=user&value=user")
                                .getStatusCode()
                                .value())
                        .as("%s by '%s'", method, who)
                        .isIn(403, 405);
            }
        }
        assertThat(get("/peek?rule=users&kind=user&value=user"))
                .as("what is counted after refused attempts")
                .contains("\"remaining\":9");
    }

    @Test
    void forgetsWhatAnAdministratorAsksFor() {
        spend("admin");
        assertThat(get("/peek?rule=users&kind=user&value=admin")).contains("\"remaining\":9");
        assertThat(call(context, HttpMethod.DELETE, "admin", "/users?kind=user&value=admin")
                        .getBody())
                .contains("\"rule\":\"users\"")
                .doesNotContain("\"admin\"");
        assertThat(get("/peek?rule=users&kind=user&value=admin")).contains("\"remaining\":10");
    }

    @Test
    void cannotForgetUnlessThatIsOpenedOnPurpose() {
        try (ConfigurableApplicationContext readOnly = start("")) {
            assertThat(call(readOnly, HttpMethod.DELETE, "admin", "/users?kind=user&value=x")
                            .getStatusCode()
                            .value())
                    .isIn(404, 405);
            assertThat(call(readOnly, HttpMethod.GET, "", "").getStatusCode().value())
                    .isEqualTo(200);
        }
    }

    @Test
    void isNotThereUnlessItIsExposed() {
        Startup.everything("{}").run(context -> assertThat(context).doesNotHaveBean(RateLimitEndpoint.class));
    }
}
