package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestGateBuilder;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A running server of a {@link Setup}, started when it is first needed and shared by all tests of the JVM. */
final class TestServer {
    /** 2026-01-01T00:00:00Z: the beginning of a window of any length up to a day. */
    static final long START = 1_767_225_600_000_000L;

    private static final Map<Setup, TestServer> RUNNING = new EnumMap<>(Setup.class);

    final Setup setup;
    final Switchboard board;
    final ManualTicker ticker = new ManualTicker(START);
    final Map<LimiterError, AtomicInteger> errors = new ConcurrentHashMap<>();
    private final AtomicInteger refunds = new AtomicInteger();
    private final ConfigurableApplicationContext context;
    private final int port;

    private TestServer(Setup setup) {
        this.setup = setup;
        this.context = new SpringApplicationBuilder(
                        TestApplication.class, setup.security ? WithSecurity.class : WithoutSecurity.class)
                .properties(
                        "test.container=" + setup.container,
                        "test.context-path=" + setup.contextPath,
                        "spring.main.banner-mode=off",
                        "spring.jmx.enabled=false",
                        "logging.level.root=WARN",
                        "logging.level.org.apache.catalina.core.ContainerBase=OFF",
                        "logging.level.org.eclipse.jetty.ee11.servlet=OFF",
                        "logging.level.org.eclipse.jetty.server.handler=ERROR",
                        "logging.level.org.springframework.web.servlet=ERROR",
                        "spring.main.register-shutdown-hook=false",
                        "spring.main.log-startup-info=false")
                .run();
        this.board = context.getBean(Switchboard.class);
        this.port =
                ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    static synchronized TestServer of(Setup setup) {
        return RUNNING.computeIfAbsent(setup, TestServer::new);
    }

    /** What a test may change before it installs rules. */
    static final class Parts {
        final List<Rule> rules = new ArrayList<>();
        Rule defaultRule;
        String defaultTier;
        WebSettings settings = WebSettings.defaults();
        ClientAddressSettings addresses = ClientAddressSettings.defaults();
        ApiKeyRegistry apiKeys = ApiKeyRegistry.of(Map.of());
        ApiKeySettings apiKeySettings = ApiKeySettings.defaults();
        LimitStore store;
        final List<RateLimitListener> listeners = new ArrayList<>();
        Consumer<Additions> more = builder -> {};

        Parts rule(Rule.Builder rule) {
            rules.add(rule.build());
            return this;
        }

        Parts byDefault(Rule.Builder rule) {
            defaultRule = rule.build();
            return this;
        }

        Parts settings(WebSettings other) {
            settings = other;
            return this;
        }

        Parts trusting(String... proxies) {
            addresses = ClientAddressSettings.trusting(AddressBlocks.parse("trusted-proxies", List.of(proxies)));
            return this;
        }

        Parts store(LimitStore other) {
            store = other;
            return this;
        }

        Parts telling(RateLimitListener listener) {
            listeners.add(listener);
            return this;
        }

        Parts with(Consumer<Additions> change) {
            more = more.andThen(change);
            return this;
        }

        IdentityResolver identities() {
            return new IdentityResolver(
                    IdentityResolver.DEFAULT_ORDER,
                    new ApiKeys(apiKeySettings, apiKeys, (kind, failure) -> {}),
                    new ClientAddress(addresses),
                    null,
                    (kind, failure) -> {});
        }
    }

    /** What a test adds to the gate and to what stands in front of the application. */
    static final class Additions {
        private RequestGateBuilder gate;
        private HandlerRules handlerRules = HandlerRules.NONE;
        private RateLimitResponseCustomizer customizer;

        void lists(AccessLists lists) {
            gate.lists(lists);
        }

        void keyResolvers(Map<String, KeyResolver> resolvers) {
            gate.keys(RateLimitWeb.keys(resolvers));
        }

        void handlerRules(HandlerRules rules) {
            handlerRules = rules;
        }

        void customizer(RateLimitResponseCustomizer other) {
            customizer = other;
        }
    }

    /** Puts a fresh limiter in place of the one before. */
    TestServer install(Parts parts) {
        ticker.set(START);
        errors.clear();
        refunds.set(0);
        LimitStore memory = parts.store == null ? MemoryStore.of(ticker, 10_000, Source.MEMORY) : parts.store;
        LimitStore store = new SpyStore(memory, operation -> {
            if (operation instanceof Operation.Refund) {
                refunds.incrementAndGet();
            }
        });
        Additions additions = new Additions();
        additions.gate = RequestGate.builder(
                        new RuleLimiter(store, parts.listeners),
                        new RulesInForce(new RuleSet(parts.rules, parts.defaultRule, parts.defaultTier)),
                        parts.identities())
                .settings(parts.settings)
                .ticker(ticker)
                .errorListener((error, cause) -> errors.computeIfAbsent(error, absent -> new AtomicInteger())
                        .incrementAndGet());
        parts.more.accept(additions);
        board.install(new RateLimitWeb(context, additions.gate.build(), additions.handlerRules, additions.customizer));
        return this;
    }

    int errors(LimiterError error) {
        return errors.getOrDefault(error, new AtomicInteger()).get();
    }

    /** A request to a path within the application. */
    RawRequest request(String method, String path) {
        return new RawRequest(port, method, setup.contextPath + path);
    }

    /** A request to a target that is sent as it is. */
    RawRequest raw(String method, String target) {
        return new RawRequest(port, method, target);
    }

    RawResponse get(String path) {
        return request("GET", path).send();
    }

    RawResponse post(String path) {
        return request("POST", path).send();
    }

    /** Returns how often permits were given back. */
    int refunded() {
        return refunds.get();
    }

    int handled() {
        return board.handled.get();
    }

    int port() {
        return port;
    }
}
