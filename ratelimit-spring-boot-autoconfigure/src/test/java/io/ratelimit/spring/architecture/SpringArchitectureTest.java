package io.ratelimit.spring.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.ratelimit.architecture.ArchitectureRules;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.web.servlet.RateLimitFilter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the whole code where all of it is on the class path, and those about Spring against what breaks them. */
class SpringArchitectureTest {
    private static final String FIXTURES = "io.ratelimit.spring.architecture.fixture.";
    private static final JavaClasses SHIPPED = ArchitectureRules.shippedClasses();

    static Stream<ArchRule> rules() {
        return ArchitectureRules.all("io.ratelimit").stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(SHIPPED);
    }

    @Test
    void isHeldAgainstEveryModule() {
        assertThat(SHIPPED.contain(RateLimitFilter.class)).isTrue();
        assertThat(SHIPPED.contain(RedisLimitStore.class)).isTrue();
        assertThat(SHIPPED.contain(SpringArchitectureTest.class)).isFalse();
    }

    @Test
    void findsAnAutoConfigurationThatCanBeExtended() {
        assertBroken(ArchitectureRules.autoConfigurationsAreFinal(FIXTURES + "open"), "open", "OpenAutoConfiguration");
    }

    @Test
    void findsAnAutoConfigurationThatCanBeCalled() {
        assertBroken(
                ArchitectureRules.autoConfigurationsHaveNoPublicMethods(FIXTURES + "open"),
                "open",
                "OpenAutoConfiguration.callable");
    }

    @Test
    void findsABackendThatKnowsSpring() {
        assertBroken(ArchitectureRules.backendsKnowNoSpring(FIXTURES + "core"), "core", "StoreThatKnowsSpring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReaderThatMakesBeans", "ReaderWithACondition", "ReaderThatKnowsAutoConfigurations"})
    void findsAReaderOfConfigurationsThatKnowsBeans(String culprit) {
        assertBroken(ArchitectureRules.configurationKnowsNoBeans(FIXTURES + "beans"), "beans", culprit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BeanThatBinds", "PropertiesAmongBeans"})
    void findsAnAutoConfigurationThatBindsProperties(String culprit) {
        assertBroken(ArchitectureRules.autoConfigurationsBindNothing(FIXTURES + "binding"), "binding", culprit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GateThatKnowsServlets", "GateThatKnowsMvc", "GateThatKnowsReactor", "GateThatKnowsItsFront"})
    void findsAGateThatKnowsAFront(String culprit) {
        assertBroken(ArchitectureRules.gateKnowsNoFront(FIXTURES + "front"), "front", culprit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GateThatWaits", "GateThatGets"})
    void findsAGateThatWaits(String culprit) {
        assertBroken(ArchitectureRules.gateNeverWaits(FIXTURES + "front"), "front", culprit);
    }

    private static void assertBroken(ArchRule rule, String fixture, String culprit) {
        var result = rule.evaluate(new ClassFileImporter().importPackages(FIXTURES + fixture));
        assertThat(result.hasViolation())
                .as("%s is broken by %s", rule, culprit)
                .isTrue();
        assertThat(result.getFailureReport().toString()).contains(culprit);
    }
}
