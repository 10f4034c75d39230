package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.MapPropertySource;

/** A small application whose limits count in memory, by a clock that the test moves. */
final class LimitedApplication implements AutoCloseable {
    final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    final List<RuleDecision> decisions = Collections.synchronizedList(new ArrayList<>());
    final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    final ManualTurn turn = new ManualTurn();

    private final Map<String, Object> properties = new HashMap<>();
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private LimitStore store = MemoryStore.of(ticker, 10_000, Source.MEMORY);
    private RuleSet rules = new RuleSet(List.of(), null, null);
    private WebLayer web = WebLayer.none();
    private Mode mode = Mode.ENFORCE;
    private boolean proxyTargetClass = true;
    private RateLimitedSupport support;

    LimitedApplication rules(Rule... configured) {
        this.rules = new RuleSet(List.of(configured), null, null);
        return this;
    }

    LimitedApplication property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    LimitedApplication web(WebLayer layer) {
        this.web = layer;
        return this;
    }

    LimitedApplication mode(Mode everything) {
        this.mode = everything;
        return this;
    }

    LimitedApplication store(LimitStore limitStore) {
        this.store = limitStore;
        return this;
    }

    LimitedApplication proxiesByInterfaces() {
        this.proxyTargetClass = false;
        return this;
    }

    LimitedApplication start(Class<?>... beans) {
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        context.register(beans);
        context.registerBean(
                "placeholders", PropertySourcesPlaceholderConfigurer.class, PropertySourcesPlaceholderConfigurer::new);
        support = new RateLimitedSupport(new Parts(), turn);
        context.registerBean("limits", RateLimitedPostProcessor.class, support::postProcessor);
        context.registerBean("outermost", OutermostPostProcessor.class, () ->
                (OutermostPostProcessor) support.outermostPostProcessor());
        context.addBeanFactoryPostProcessor((BeanFactoryPostProcessor) factory -> {
            for (String name : List.of("limits", "outermost")) {
                factory.getBeanDefinition(name).setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
            }
        });
        context.refresh();
        return this;
    }

    AnnotationConfigApplicationContext context() {
        return context;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    RateLimitedSupport support() {
        return support;
    }

    /** The id of the rule that denied or admitted last. */
    Rule lastRule() {
        return decisions.get(decisions.size() - 1).rules().get(0).demand().rule();
    }

    @Override
    public void close() {
        context.close();
    }

    private final class Parts implements ApplicationParts {
        private final RuleLimiter limiter =
                new RuleLimiter(store, List.of((decision, took) -> decisions.add(decision)));

        @Override
        public RuleSet rules() {
            return rules;
        }

        @Override
        public RuleLimiter limiter() {
            return limiter;
        }

        @Override
        public Mode mode() {
            return mode;
        }

        @Override
        public LimiterErrorListener errors() {
            return (error, cause) -> errors.add(error.id());
        }

        @Override
        public String resolve(String text) {
            return context.getBeanFactory().resolveEmbeddedValue(text);
        }

        @Override
        public WebLayer web() {
            return web;
        }

        @Override
        public boolean proxiesByInterfaces() {
            return !proxyTargetClass;
        }
    }

    /** Remembers who waits, and lets them go when the test says so. */
    static final class ManualTurn implements CallTurn {
        final List<Duration> parked = Collections.synchronizedList(new ArrayList<>());
        final List<Duration> delayed = Collections.synchronizedList(new ArrayList<>());
        private final List<Runnable> waiting = Collections.synchronizedList(new ArrayList<>());
        private final List<Consumer<Throwable>> rejections = new ArrayList<>();

        @Override
        public void await(Duration delay) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            parked.add(delay);
        }

        @Override
        public void later(Duration delay, Runnable task, Consumer<Throwable> rejected) {
            delayed.add(delay);
            waiting.add(task);
            rejections.add(rejected);
        }

        void runWaiting() {
            waiting.forEach(Runnable::run);
            waiting.clear();
        }

        void rejectWaiting() {
            rejections.forEach(rejected -> rejected.accept(new RejectedExecutionException("full")));
        }
    }
}
