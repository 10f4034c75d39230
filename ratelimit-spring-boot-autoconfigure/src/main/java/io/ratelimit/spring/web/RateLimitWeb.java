package io.ratelimit.spring.web;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.decision.Decisions;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.decision.LimiterErrors;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * Everything that stands in front of a servlet application, made from the limiter and the rules. Its parts belong together
 * and are each to be registered once:
 *
 * <ul>
 *   <li>where Spring Security is there, the {@link #filter} of {@link Phase#BEFORE_AUTHENTICATION} before its filter and that
 *       of {@link Phase#AFTER_AUTHENTICATION} behind it; otherwise one filter of both phases. All dispatcher types.
 *   <li>{@link #interceptor} as a bean: a {@link MappedInterceptor} bean reaches every handler mapping, those of actuator
 *       endpoints too.
 *   <li>{@link #exceptionResolver} as a bean.
 *   <li>{@link #requestRules} as a bean, for the annotation layer and the application.
 * </ul>
 *
 * <p>Addresses come from the connection and the forwarded header of trusted proxies, whatever
 * {@code server.forward-headers-strategy} makes of the request: never from what Spring's {@code ForwardedHeaderFilter}, Jetty's
 * customizer or, where its first valve calls {@link KeptConnection#keep}, Tomcat's {@code RemoteIpValve} put there.
 *
 * <p>Safe for any number of threads. Closing it wakes the requests that wait for their turn.
 */
public final class RateLimitWeb implements AutoCloseable {
    private final WebSettings settings;
    private final RuleExpressions expressions;
    private final Owners owners;
    private final QuotaHeaders headers;
    private final LimiterErrors errors;
    private final RequestGate gate;
    private final Answers answers;
    private final HeldRequests held;
    private final MvcRequests mvc = new MvcRequests();
    private final RateLimitInterceptor interceptor;
    private final RateLimitExceptionResolver exceptionResolver;

    private RateLimitWeb(Builder builder) {
        this.settings = builder.settings;
        this.errors = new LimiterErrors(builder.errorListener, builder.nanoTime);
        this.expressions = new RuleExpressions();
        this.owners = new Owners(builder.digest, builder.keyResolvers, expressions, errors);
        this.headers = new QuotaHeaders(settings.headers());
        RuleDecider decider = new RuleDecider(
                new Decisions(() -> builder.limiter, builder.ticker, errors),
                owners,
                new Costs(expressions, errors),
                settings.mode());
        this.gate = new RequestGate(
                builder.identities,
                builder.lists,
                new ExcludedPaths(settings.exclude()),
                decider,
                new Denials(new RetryAfter(
                        settings.retryAfterJitter(),
                        settings.maxRetryAfter(),
                        () -> ThreadLocalRandom.current().nextDouble())),
                headers,
                errors,
                builder.nanoTime,
                book(builder.rules));
        CorsSources cors = new CorsSources(builder.context);
        this.answers = new Answers(
                new DenialWriter(builder.customizer, errors),
                new CorsAnswers(cors::filters, cors::configuration, errors));
        this.held = new HeldRequests(settings.maxHeld());
        this.interceptor =
                new RateLimitInterceptor(builder.handlerRules, gate, answers, held, errors, builder.nanoTime);
        this.exceptionResolver = new RateLimitExceptionResolver(gate, answers, new ExceptionHandlers(builder.context));
    }

    /**
     * Starts with what is always needed.
     *
     * @param context where CORS configuration and exception handlers of the application are looked up when they are needed
     * @param limiter decides
     * @param rules the rules in force
     * @param identities tells who is asking
     */
    public static Builder builder(
            ApplicationContext context, RuleLimiter limiter, RuleSet rules, IdentityResolver identities) {
        return new Builder(context, limiter, rules, identities);
    }

    /** Returns the filter that decides the rules of these phases as one. */
    public RateLimitFilter filter(Set<Phase> phases) {
        return new RateLimitFilter(phases, gate, answers, headers, mvc);
    }

    /** Returns what enforces the rules of handlers, and holds requests until it is their turn. */
    public MappedInterceptor interceptor() {
        return new MappedInterceptor((String[]) null, interceptor);
    }

    /** Returns what answers denials that are thrown as exceptions. */
    public HandlerExceptionResolver exceptionResolver() {
        return exceptionResolver;
    }

    /** Returns the way for the application to ask rules about the request that it is handling. */
    public RequestRules requestRules() {
        return gate;
    }

    /** Tells what would become of a request, and charges nothing for it. */
    public RequestExplanation explain(HttpServletRequest request) {
        return gate.explain(request);
    }

    private RuleBook book(RuleSet rules) {
        return new RuleBook(rules, settings.sensitivity(), expressions, owners);
    }

    /** Returns how many requests wait for their turn in a leaky bucket now. */
    public int heldRequests() {
        return held.count();
    }

    @Override
    public void close() {
        held.close();
    }

    /** Collects the parts of a {@link RateLimitWeb}. Not safe for several threads. */
    public static final class Builder {
        private final ApplicationContext context;
        private final RuleLimiter limiter;
        private final RuleSet rules;
        private final IdentityResolver identities;
        private AccessLists lists;
        private IdentityDigest digest = IdentityDigest.sha256();
        private WebSettings settings = WebSettings.defaults();
        private HandlerRules handlerRules = HandlerRules.NONE;
        private Map<String, KeyResolver> keyResolvers = Map.of();
        private @Nullable RateLimitResponseCustomizer customizer;
        private LimiterErrorListener errorListener = (error, cause) -> {};
        private Ticker ticker = Ticker.system();
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(ApplicationContext context, RuleLimiter limiter, RuleSet rules, IdentityResolver identities) {
            this.context = Objects.requireNonNull(context, "context");
            this.limiter = Objects.requireNonNull(limiter, "limiter");
            this.rules = Objects.requireNonNull(rules, "rules");
            this.identities = Objects.requireNonNull(identities, "identities");
            this.lists = new AccessLists(identities, AccessList.empty(), AccessList.empty());
        }

        /** Sets who is never limited and who is always refused; default nobody. */
        public Builder lists(AccessLists accessLists) {
            this.lists = accessLists;
            return this;
        }

        /** Sets how identities are named outside this process; default without a secret. */
        public Builder digest(IdentityDigest identityDigest) {
            this.digest = identityDigest;
            return this;
        }

        /** Sets what is the same for all rules. */
        public Builder settings(WebSettings webSettings) {
            this.settings = webSettings;
            return this;
        }

        /** Sets which rules handlers ask for themselves; default none. */
        public Builder handlerRules(HandlerRules rulesOfHandlers) {
            this.handlerRules = rulesOfHandlers;
            return this;
        }

        /** Sets the resolvers that rules may name as their key; default none. */
        public Builder keyResolvers(Map<String, KeyResolver> resolversByName) {
            this.keyResolvers = resolversByName;
            return this;
        }

        /** Sets what writes the answer to refused requests; default a problem in JSON. */
        public Builder customizer(@Nullable RateLimitResponseCustomizer responseCustomizer) {
            this.customizer = responseCustomizer;
            return this;
        }

        /** Sets who is told of failures; default nobody. */
        public Builder errorListener(LimiterErrorListener listener) {
            this.errorListener = listener;
            return this;
        }

        Builder nanoTime(LongSupplier clock) {
            this.nanoTime = clock;
            return this;
        }

        Builder ticker(Ticker clock) {
            this.ticker = clock;
            return this;
        }

        /**
         * Returns the whole.
         *
         * @throws IllegalArgumentException if a pattern, key or expression cannot be used; the message names it
         */
        public RateLimitWeb build() {
            return new RateLimitWeb(this);
        }
    }
}
