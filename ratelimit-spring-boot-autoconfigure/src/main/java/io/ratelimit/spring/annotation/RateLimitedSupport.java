package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.annotation.Reach.ProxyKind;
import io.ratelimit.spring.decision.Decisions;
import io.ratelimit.spring.decision.LimiterErrors;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Makes {@link RateLimited} work in one application: the parts that its context needs as beans, which share what they know.
 *
 * <p>Safe for any number of threads.
 */
public final class RateLimitedSupport implements AnnotatedRuleUse {
    private final AnnotatedRules rules;
    private final Advisor advisor;
    private final ProxyKind proxies;

    /** Creates the support of an application. */
    public RateLimitedSupport(ApplicationParts application) {
        this(application, CallTurn.onClock(application::executor, application::context));
    }

    /** Creates the support of an application whose calls wait for their turn as given. */
    RateLimitedSupport(ApplicationParts application, CallTurn turn) {
        WebLayer web = application.web();
        RateLimitedSupport parent = application.parent();
        this.rules =
                new AnnotatedRules(application::rules, application::resolve, web, parent == null ? null : parent.rules);
        this.proxies = application.proxiesByInterfaces() ? ProxyKind.INTERFACES : ProxyKind.SUBCLASS;
        LimiterErrors errors =
                new LimiterErrors((error, cause) -> application.errors().failed(error, cause), System::nanoTime);
        Decisions decisions = new Decisions(application::limiter, Ticker.system(), errors);
        CallLimiter limiter = new CallLimiter(web, new CallDemands(application, errors), decisions, errors);
        this.advisor =
                new DefaultPointcutAdvisor(new AnnotatedCalls(rules), new RateLimitedInterceptor(rules, limiter, turn));
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
}
