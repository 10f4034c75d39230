package io.ratelimit.redis;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.ratelimit.architecture.ArchitectureRules;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisArchitectureTest {
    /** This module alone: the core's tests come as a jar, which cannot be told from what ships. */
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ratelimit.redis");

    static Stream<ArchRule> rules() {
        return ArchitectureRules.all("io.ratelimit").stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(SHIPPED);
    }

    @Test
    void showsOnlyTheStore() {
        assertThat(SHIPPED.contain(RedisLimitStore.class)).isTrue();
        ArchitectureRules.onlyThesePublicTypes("io.ratelimit.redis", Set.of("RedisLimitStore"))
                .check(SHIPPED);
    }

    @Test
    void knowsTheStoresContractAndValuesAndTheClientOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.ratelimit.redis",
                        "io.ratelimit.limit",
                        "io.ratelimit.store",
                        "io.lettuce.core..",
                        "java..",
                        "javax.net.ssl",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(SHIPPED);
    }
}
