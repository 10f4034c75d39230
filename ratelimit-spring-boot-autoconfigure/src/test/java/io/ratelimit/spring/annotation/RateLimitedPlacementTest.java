package io.ratelimit.spring.annotation;

import static io.ratelimit.spring.annotation.Denials.assertAdmits;
import static io.ratelimit.spring.annotation.Denials.assertDenies;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimitExceededException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

class RateLimitedPlacementTest {
    private final LimitedApplication application = new LimitedApplication();

    @AfterEach
    void close() {
        application.close();
    }

    private <T> T bean(Class<T> type) {
        return application.start(type).bean(type);
    }

    @RateLimited("3/1m")
    static class Shared {
        public void one() {}

        public void other() {}

        @RateLimited("1/1m")
        public void both() {}

        @Override
        public String toString() {
            return "shared";
        }
    }

    @Test
    void countsAllMethodsOfAnAnnotatedTypeTogether() {
        Shared shared = bean(Shared.class);

        shared.one();
        shared.other();
        shared.one();

        assertDenies(shared::other);
        assertDenies(shared::one);
    }

    @Test
    void doesNotCountTheMethodsOfObject() {
        Shared shared = bean(Shared.class);

        for (int i = 0; i < 5; i++) {
            assertThat(shared.toString()).isEqualTo("shared");
        }
        assertAdmits(3, shared::one);
    }

    @Test
    void putsTheLimitOfAMethodOnTopOfThatOfItsType() {
        Shared shared = bean(Shared.class);

        assertAdmits(1, shared::both);

        assertAdmits(2, shared::one);
    }

    @Test
    void takesFromTypeAndMethodOrFromNeither() {
        Shared shared = bean(Shared.class);
        shared.both();
        for (int i = 0; i < 5; i++) {
            assertDenies(shared::both);
        }

        assertAdmits(2, shared::one);
    }

    static class Repeated {
        @RateLimited("2/1s")
        @RateLimited("3/1h")
        public void call() {}
    }

    @Test
    void holdsACallToEveryRepeatedLimit() {
        Repeated repeated = bean(Repeated.class);
        assertAdmits(2, repeated::call);
        application.ticker.advance(Duration.ofSeconds(1));

        assertAdmits(1, repeated::call);
    }

    @RateLimited(limit = 2, window = "1m")
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Twice {
        @AliasFor(annotation = RateLimited.class, attribute = "key")
        String per() default "global";
    }

    static class Composed {
        @Twice
        public void together() {}

        @Twice(per = "#name")
        public void apart(String name) {}
    }

    @Test
    void isFoundOnOtherAnnotationsWithTheirAliases() {
        Composed composed = bean(Composed.class);

        assertAdmits(2, composed::together);
        assertAdmits(2, () -> composed.apart("a"));
        assertAdmits(2, () -> composed.apart("b"));
    }

    static class Base {
        @RateLimited("1/1m")
        public void kept() {}

        @RateLimited("1/1m")
        public void overridden() {}

        @RateLimited("1/1m")
        public void replaced() {}
    }

    static class Derived extends Base {
        @Override
        public void overridden() {}

        @Override
        @RateLimited("2/1m")
        public void replaced() {}
    }

    @Test
    void isInheritedUnlessASubclassSaysOtherwise() {
        Derived derived = bean(Derived.class);

        assertAdmits(1, derived::kept);
        assertAdmits(1, derived::overridden);
        assertAdmits(2, derived::replaced);
    }

    @Test
    void countsEverySubclassOnItsOwn() {
        application.start(Base.class, Derived.class);
        Base base = application.context().getBean("rateLimitedPlacementTest.Base", Base.class);

        assertAdmits(1, base::kept);
        assertAdmits(1, application.bean(Derived.class)::kept);
    }

    @RateLimited("1/1m")
    static class LimitedBase {
        public void inBase() {}
    }

    static class OfLimitedBase extends LimitedBase {
        public void own() {}
    }

    @Test
    void coversASubclassWhenItStandsOnTheSuperclass() {
        OfLimitedBase bean = bean(OfLimitedBase.class);

        bean.own();

        assertDenies(bean::inBase);
    }

    interface Sender<T> {
        @RateLimited(value = "1/1m", key = "#a0")
        void send(T message);

        @RateLimited("1/1m")
        default void sendDefault() {}
    }

    static class TextSender implements Sender<String> {
        @Override
        public void send(String message) {}
    }

    @Test
    void isFoundOnGenericAndDefaultMethodsOfInterfaces() {
        TextSender sender = bean(TextSender.class);
        Sender<String> known = sender;

        assertAdmits(1, () -> known.send("a"));
        assertAdmits(1, () -> sender.send("b"));
        assertAdmits(1, sender::sendDefault);
    }

    @Test
    void worksForBeansThatAreProxiedByTheirInterfaces() {
        application.proxiesByInterfaces().start(TextSender.class);
        @SuppressWarnings("unchecked")
        Sender<String> sender = application.bean(Sender.class);

        assertThat(AopUtils.isJdkDynamicProxy(sender)).isTrue();
        assertAdmits(1, () -> sender.send("a"));
        assertAdmits(1, sender::sendDefault);
    }

    interface Greeter {
        @RateLimited("1/1m")
        void greet();
    }

    static class Polite {
        public void greet() {}
    }

    static class PoliteGreeter extends Polite implements Greeter {}

    @Test
    void isFoundWhereASuperclassImplementsTheInterfaceUnknowingly() {
        PoliteGreeter greeter = bean(PoliteGreeter.class);

        assertAdmits(1, greeter::greet);
    }

    @Configuration(proxyBeanMethods = false)
    static class Generated {
        @Bean
        Greeter lambda() {
            return () -> {};
        }

        @Bean
        FactoryBean<Greeter> made() {
            return new FactoryBean<>() {
                @Override
                public Greeter getObject() {
                    return (Greeter) Proxy.newProxyInstance(
                            Greeter.class.getClassLoader(),
                            new Class<?>[] {Greeter.class},
                            (proxy, method, arguments) -> null);
                }

                @Override
                public Class<?> getObjectType() {
                    return Greeter.class;
                }
            };
        }

        @Bean
        Greeter withoutTarget() {
            ProxyFactory factory = new ProxyFactory();
            factory.addInterface(Greeter.class);
            factory.addAdvice((MethodInterceptor) call -> null);
            return (Greeter) factory.getProxy();
        }
    }

    @Test
    void limitsObjectsThatNobodyWroteAClassFor() {
        application.start(Generated.class);

        for (String name : new String[] {"lambda", "made", "withoutTarget"}) {
            Greeter greeter = application.context().getBean(name, Greeter.class);
            application.ticker.advance(Duration.ofMinutes(1));
            assertAdmits(1, greeter::greet);
        }
    }

    @Test
    void namesTheLimitOfAGeneratedClassByTheInterfaceItStandsOn() {
        application.start(Generated.class);
        application.context().getBean("lambda", Greeter.class).greet();

        assertThat(application.lastRule().id()).startsWith("greeter-greet-");
    }

    @Configuration(proxyBeanMethods = false)
    static class Aliased {
        @Bean
        Repeated first() {
            return new Repeated();
        }

        @Bean
        Repeated second(Repeated first) {
            return first;
        }
    }

    @Test
    void limitsAnObjectOnceThatIsABeanTwice() {
        application.start(Aliased.class);

        assertAdmits(2, application.context().getBean("second", Repeated.class)::call);
    }

    @Configuration(proxyBeanMethods = false)
    static class Scopes {
        @Bean
        @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
        Shared prototype() {
            return new Shared();
        }

        @Bean
        @Lazy
        Repeated lazy() {
            return new Repeated();
        }

        @Bean
        @Scope(value = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
        Composed scoped() {
            return new Composed();
        }
    }

    @Test
    void limitsLazyBeansPrototypesAndScopedOnesOnce() {
        application.start(Scopes.class);

        assertAdmits(3, () -> application.bean(Shared.class).one());
        assertAdmits(2, application.bean(Repeated.class)::call);
        assertAdmits(2, application.context().getBean("scoped", Composed.class)::together);
    }

    static class Plain {
        public void call() {}
    }

    @Test
    void leavesBeansAloneThatAskForNothing() {
        assertThat(AopUtils.isAopProxy(bean(Plain.class))).isFalse();
    }

    @Configuration
    @EnableAsync
    static class Asynchronous {
        @Bean
        Background background() {
            return new Background();
        }
    }

    static class Background {
        final AtomicReference<Thread> ran = new AtomicReference<>();

        @Async
        @RateLimited("1/1m")
        public CompletableFuture<String> work() {
            ran.set(Thread.currentThread());
            return CompletableFuture.completedFuture("done");
        }

        AtomicReference<Thread> ran() {
            return ran;
        }
    }

    @Test
    void comesBeforeAsynchronousExecutionSoThatTheRequestIsInSight() {
        application.start(Asynchronous.class);
        Background background = application.bean(Background.class);

        assertThat(((Advised) background).getAdvisors()[0].getAdvice()).isInstanceOf(RateLimitedInterceptor.class);
        assertThat(background.work().join()).isEqualTo("done");
        assertThat(background.ran().get()).isNotSameAs(Thread.currentThread());
        assertThat(background.work()).isCompletedExceptionally();
    }

    static class Counted {
        final AtomicInteger calls = new AtomicInteger();

        @RateLimited("50/1h")
        public void call() {
            calls.incrementAndGet();
        }

        int calls() {
            return calls.get();
        }
    }

    @Test
    void admitsExactlyTheLimitFromManyThreads() throws Exception {
        assertExact(task -> {
            Thread thread = new Thread(task);
            thread.start();
            return thread;
        });
    }

    /** By name, because the oldest version of Java that is supported has none. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void admitsExactlyTheLimitFromVirtualThreads() throws Exception {
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);

        assertExact(task -> (Thread) start.invoke(null, task));
    }

    private interface Starter {
        Thread start(Runnable task) throws ReflectiveOperationException;
    }

    private void assertExact(Starter starter) throws Exception {
        Counted counted = bean(Counted.class);
        AtomicInteger denied = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(starter.start(() -> {
                for (int call = 0; call < 20; call++) {
                    try {
                        counted.call();
                    } catch (RateLimitExceededException denial) {
                        denied.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(counted.calls()).isEqualTo(50);
        assertThat(denied).hasValue(16 * 20 - 50);
    }
}
