package io.ratelimit.spring.annotation;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.annotation.Reach.ProxyKind;
import io.ratelimit.spring.decision.Decisions;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.decision.LimiterErrors;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.TaskDecorator;

/**
 * Makes {@link RateLimited} work in one application: the parts that its context needs as beans, which share what they know.
 *
 * <p>Everything they depend on is given as a supplier, and asked for when the first annotation is read or the first limited
 * method is called: post-processors are made before other beans, which they must not pull in.
 *
 * <p>Safe for any number of threads.
 */
public final class RateLimitedSupport implements AnnotatedRuleUse {
    private final AnnotatedRules rules;
    private final Advisor advisor;
    private final ProxyKind proxies;

    private RateLimitedSupport(Builder builder) {
        RateLimitedSupport parent = builder.parent;
        this.rules = new AnnotatedRules(
                builder.rules, builder.placeholders, builder.web, parent == null ? null : parent.rules);
        this.proxies = builder.proxies;
        LimiterErrors errors =
                new LimiterErrors((error, cause) -> builder.errors.get().failed(error, cause), System::nanoTime);
        CallDemands demands = new CallDemands(builder.rules, builder.digest, builder.mode, errors);
        Decisions decisions = new Decisions(builder.limiter, Ticker.system(), errors);
        CallLimiter limiter = new CallLimiter(builder.web, demands, decisions, errors);
        RateLimitedInterceptor interceptor = new RateLimitedInterceptor(rules, limiter, builder.turn);
        this.advisor = new DefaultPointcutAdvisor(new AnnotatedCalls(rules), interceptor);
    }

    /**
     * Starts the support of an application.
     *
     * @param rules the rules of the configuration that are in force
     * @param limiter decides
     */
    public static Builder builder(Supplier<RuleSet> rules, Supplier<RuleLimiter> limiter) {
        return new Builder(rules, limiter);
    }

    /** Returns a new post-processor that limits beans and checks their annotations; register one. */
    public RateLimitedPostProcessor postProcessor() {
        return new RateLimitedPostProcessor(rules, advisor, proxies);
    }

    /** Returns a new post-processor that keeps limits before other advice; register one beside {@link #postProcessor}. */
    public BeanPostProcessor outermostPostProcessor() {
        return new OutermostPostProcessor(advisor);
    }

    /**
     * Limits the beans of a context below that of the application, in which post-processors of the application do not work. To
     * be called before the context is refreshed. One that has post-processors of its own is left alone.
     */
    public void limit(ConfigurableApplicationContext child) {
        child.addBeanFactoryPostProcessor(this::limit);
    }

    /** Limits the beans of a context below that of the application, none of which has been made. */
    public void limit(ConfigurableListableBeanFactory beans) {
        if (isUnlimited(beans) && beans instanceof BeanDefinitionRegistry registry) {
            register(registry, RateLimitedPostProcessor.class, this::postProcessor);
            register(registry, OutermostPostProcessor.class, () -> new OutermostPostProcessor(advisor));
        }
    }

    private static <T> void register(BeanDefinitionRegistry registry, Class<T> type, Supplier<T> processor) {
        RootBeanDefinition definition = new RootBeanDefinition(type, processor);
        definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(type.getName(), definition);
    }

    /**
     * Checks a context below that of the application that was refreshed.
     *
     * @throws InvalidRateLimitedException if it has beans to limit, and no post-processor that limits them
     */
    public void requireLimited(ConfigurableListableBeanFactory beans) {
        if (isUnlimited(beans)) {
            new BeanCheck(beans, rules, null, proxies).run();
        }
    }

    private static boolean isUnlimited(ConfigurableListableBeanFactory beans) {
        return beans.getBeanNamesForType(RateLimitedPostProcessor.class, true, false).length == 0;
    }

    @Override
    public List<Rule> ownRules() {
        return rules.ownRules();
    }

    @Override
    public Set<String> namedRules() {
        return rules.namedRules();
    }

    @Override
    public List<String> idleHandlers() {
        return rules.idleHandlers();
    }

    AnnotatedRules annotated() {
        return rules;
    }

    /** Collects what the support of an application depends on. Not safe for several threads. */
    public static final class Builder {
        private final Supplier<RuleSet> rules;
        private final Supplier<RuleLimiter> limiter;
        private Supplier<IdentityDigest> digest = IdentityDigest::sha256;
        private Supplier<Mode> mode = () -> Mode.ENFORCE;
        private Supplier<LimiterErrorListener> errors = () -> (error, cause) -> {};
        private UnaryOperator<String> placeholders = UnaryOperator.identity();
        private WebLayer web = WebLayer.none();
        private ProxyKind proxies = ProxyKind.SUBCLASS;
        private @Nullable RateLimitedSupport parent;
        private CallTurn turn = CallTurn.onClock(ForkJoinPool::commonPool, () -> task -> task);

        private Builder(Supplier<RuleSet> rules, Supplier<RuleLimiter> limiter) {
            this.rules = rules;
            this.limiter = limiter;
        }

        /** Sets how counters are named; default without a secret. */
        public Builder digest(Supplier<IdentityDigest> identityDigest) {
            this.digest = identityDigest;
            return this;
        }

        /** Sets the mode of everything: of it and a rule's the weaker wins. Default {@link Mode#ENFORCE}. */
        public Builder mode(Supplier<Mode> everything) {
            this.mode = everything;
            return this;
        }

        /** Sets who is told of failures around limited calls. Default: nobody. */
        public Builder errors(Supplier<LimiterErrorListener> listener) {
            this.errors = listener;
            return this;
        }

        /**
         * Sets what replaces placeholders, such as {@code beanFactory::resolveEmbeddedValue}. Default: nothing does.
         *
         * @param resolver throws {@link IllegalArgumentException} where a placeholder has no value
         */
        public Builder placeholders(UnaryOperator<String> resolver) {
            this.placeholders = resolver;
            return this;
        }

        /** Sets that beans with interfaces are known by these alone. Default: by a subclass of theirs. */
        public Builder proxiesByInterfaces() {
            this.proxies = ProxyKind.INTERFACES;
            return this;
        }

        /** Sets the support of the context above, with which names of rules are shared. Default: there is none. */
        public Builder parent(@Nullable RateLimitedSupport above) {
            this.parent = above;
            return this;
        }

        /** Sets the web requests of the application. Default: {@link WebLayer#none()}. */
        public Builder web(WebLayer layer) {
            this.web = layer;
            return this;
        }

        /**
         * Sets what becomes of calls whose turn comes later and that return a stage. Default: the common pool runs them, and
         * they see the context class loader of the caller alone.
         *
         * @param executor runs them
         * @param context carries over what else the caller's thread has, and is called on that thread
         */
        public Builder stages(Supplier<Executor> executor, Supplier<TaskDecorator> context) {
            return turn(CallTurn.onClock(executor, context));
        }

        /** Sets how calls wait. */
        Builder turn(CallTurn waiting) {
            this.turn = waiting;
            return this;
        }

        /** Returns the support. */
        public RateLimitedSupport build() {
            return new RateLimitedSupport(this);
        }
    }
}
