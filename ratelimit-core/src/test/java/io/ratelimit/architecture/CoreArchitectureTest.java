package io.ratelimit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.ratelimit.RateLimiter;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules, held against what this module ships. */
class CoreArchitectureTest {
    private static final JavaClasses SHIPPED = ArchitectureRules.shippedClasses();

    static Stream<ArchRule> rules() {
        return ArchitectureRules.all("io.ratelimit").stream();
    }

    @Test
    void isHeldAgainstTheCodeThatShips() {
        assertThat(SHIPPED.contain(RateLimiter.class)).isTrue();
        assertThat(SHIPPED.contain(CoreArchitectureTest.class)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(SHIPPED);
    }

    @Test
    void showsOnlyWhatAUserNeeds() {
        ArchitectureRules.onlyThesePublicTypes(
                        "io.ratelimit.store",
                        Set.of(
                                "CleanThreads",
                                "CounterTable",
                                "Decider",
                                "LimitStore",
                                "MemoryStore",
                                "Operation",
                                "PiecewiseExecutor",
                                "StoreException",
                                "StoreStatus",
                                "Usage",
                                "WarningBudget"))
                .check(SHIPPED);
        ArchitectureRules.onlyThesePublicTypes(
                        "io.ratelimit.failover",
                        Set.of("FailoverStore", "FailoverSettings", "FailoverListener", "CircuitState"))
                .check(SHIPPED);
        ArchitectureRules.onlyThesePublicTypes("io.ratelimit.algorithm", Set.of("LimitAlgorithm", "Transition"))
                .check(SHIPPED);
    }
}
