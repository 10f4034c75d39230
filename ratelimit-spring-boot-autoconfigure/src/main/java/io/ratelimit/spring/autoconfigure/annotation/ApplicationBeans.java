package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.annotation.ApplicationParts;
import io.ratelimit.spring.annotation.RateLimitedSupport;
import io.ratelimit.spring.annotation.WebLayer;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.decision.LimiterErrorListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.util.function.SingletonSupplier;

/** The beans that limits on methods need. Those of each call are looked up once. */
final class ApplicationBeans implements ApplicationParts {
    private static final String EXECUTOR = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;

    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;
    private final Supplier<RulesInForce> rules;
    private final Supplier<RuleLimiter> limiter;
    private final Supplier<IdentityDigest> digest;
    private final Supplier<RateLimitProperties> properties;

    ApplicationBeans(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
        this.rules = once(RulesInForce.class);
        this.limiter = once(RuleLimiter.class);
        this.digest = once(IdentityDigest.class);
        this.properties = once(RateLimitProperties.class);
    }

    /** Not a decorator as a bean, because Spring Boot would give that to the executors of the application too. */
    record ContextPropagation(TaskDecorator decorator) {}

    private <T> Supplier<T> once(Class<T> type) {
        return SingletonSupplier.of(() -> beans.getBean(type));
    }

    @Override
    public RuleSet rules() {
        return rules.get().rules();
    }

    @Override
    public RuleLimiter limiter() {
        return limiter.get();
    }

    @Override
    public IdentityDigest digest() {
        return digest.get();
    }

    @Override
    public Mode mode() {
        return properties.get().mode();
    }

    @Override
    public LimiterErrorListener errors() {
        return (error, cause) -> beans.getBeanProvider(LimiterErrorListener.class)
                .orderedStream()
                .forEach(listener -> listener.failed(error, cause));
    }

    @Override
    public String resolve(String text) {
        String resolved = beans.resolveEmbeddedValue(text);
        return resolved == null ? text : resolved;
    }

    @Override
    public WebLayer web() {
        return beans.getBeanProvider(WebLayer.class).getIfAvailable(WebLayer::none);
    }

    @Override
    public boolean proxiesByInterfaces() {
        return !environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
    }

    @Override
    public @Nullable RateLimitedSupport parent() {
        return ChildContexts.supportOf(beans.getParentBeanFactory());
    }

    @Override
    public Executor executor() {
        return beans.containsBean(EXECUTOR) && beans.isTypeMatch(EXECUTOR, Executor.class)
                ? beans.getBean(EXECUTOR, Executor.class)
                : ApplicationParts.super.executor();
    }

    /** The executor's own decoration does not do: it takes place later, on a thread that knows nothing of the caller. */
    @Override
    public TaskDecorator context() {
        List<TaskDecorator> all = new ArrayList<>(
                beans.getBeanProvider(TaskDecorator.class).orderedStream().toList());
        beans.getBeanProvider(ContextPropagation.class).ifAvailable(library -> all.add(library.decorator()));
        return new CompositeTaskDecorator(all);
    }
}
