package io.ratelimit.spring.annotation;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.ratelimit.spring.annotation.Denials.assertAdmits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.ratelimit.RuleLimiter;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A service, a listener, a job: no web, and maybe not even its classes. */
class WithoutWebTest {
    private static final List<String> MADE = new ArrayList<>();

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        static RateLimitedSupport rateLimitedSupport(
                ObjectProvider<RuleSet> rules, ObjectProvider<RuleLimiter> limiter) {
            return new RateLimitedSupport(parts(rules::getObject, limiter::getObject));
        }

        @Bean
        static RateLimitedPostProcessor rateLimitedPostProcessor(RateLimitedSupport support) {
            return support.postProcessor();
        }

        @Bean
        static BeanPostProcessor rateLimitedOutermostPostProcessor(RateLimitedSupport support) {
            return support.outermostPostProcessor();
        }

        @Bean
        RuleSet rules() {
            MADE.add("rules");
            return new RuleSet(List.of(), null, null);
        }

        @Bean
        RuleLimiter limiter() {
            MADE.add("limiter");
            return new RuleLimiter(MemoryStore.withMaxKeys(100), List.of());
        }

        @Bean
        BeanPostProcessor witness() {
            MADE.add("post-processors");
            return new BeanPostProcessor() {};
        }

        @Bean
        Job job() {
            return new Job();
        }
    }

    static class Job {
        @RateLimited("2/1h")
        public void run() {}
    }

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Application.class);

    @Test
    void knowsTheWebInFewClassesThatNobodyElseMentions() {
        String[] web = {
            "jakarta.servlet..", "org.springframework.web..", "org.springframework.http..", "io.ratelimit.spring.web.."
        };
        Set<String> webClasses = Set.of(
                ServletWebLayer.class.getName(),
                ReactiveWebLayer.class.getName(),
                Controllers.class.getName(),
                AnnotatedHandlers.class.getName());
        JavaClasses layer = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(RateLimited.class.getPackageName());

        ArchRule rule = noClasses()
                .that(DescribedPredicate.describe(
                        "work without the web", type -> webClasses.stream().noneMatch(type.getName()::startsWith)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(web)
                        .or(DescribedPredicate.describe(
                                "are of the web", type -> webClasses.contains(type.getName()))));

        assertThat(layer.contain(ServletWebLayer.class)).isTrue();
        rule.check(layer);
    }

    @Test
    void countsCallsOfAllThreadsWithoutARequestTogether() {
        runner.run(context -> {
            Job job = context.getBean(Job.class);
            Thread other = new Thread(job::run);
            other.start();
            other.join();

            assertAdmits(1, job::run);
        });
    }

    @Test
    void pullsNoBeanInBeforeAllPostProcessorsAreThere() {
        MADE.clear();

        runner.run(context -> assertThat(MADE).startsWith("post-processors"));
    }

    @Test
    void doesNotNeedTheLimiterToStart() {
        ApplicationParts missing = parts(
                () -> {
                    throw new IllegalStateException("too early");
                },
                () -> {
                    throw new IllegalStateException("too early");
                });

        assertThatCode(() -> new RateLimitedSupport(missing).postProcessor()).doesNotThrowAnyException();
    }

    private static ApplicationParts parts(Supplier<RuleSet> rules, Supplier<RuleLimiter> limiter) {
        return new ApplicationParts() {
            @Override
            public RuleSet rules() {
                return rules.get();
            }

            @Override
            public RuleLimiter limiter() {
                return limiter.get();
            }
        };
    }
}
