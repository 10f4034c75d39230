package io.ratelimit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules themselves: each one fails on a class that breaks it. */
class ArchitectureRulesTest {
    private static final String FIXTURES = "io.ratelimit.architecture.fixture.";

    @Test
    void findsALimitThatKnowsAStore() {
        assertBroken(ArchitectureRules.corePackagesPointOneWay(FIXTURES + "arrow"), "arrow", "LimitThatKnowsAStore");
    }

    @Test
    void findsAnInnerPackageThatKnowsTheRoot() {
        assertBroken(ArchitectureRules.corePackagesPointOneWay(FIXTURES + "root"), "root", "LimitThatKnowsTheRoot");
    }

    @Test
    void findsALibraryThatTheCoreDoesNotHave() {
        assertBroken(ArchitectureRules.coreHasFewDependencies(FIXTURES + "foreign"), "foreign", "AlgorithmThatTests");
    }

    @Test
    void findsARingOfPackages() {
        assertBroken(ArchitectureRules.packagesAreFreeOfCycles(FIXTURES + "cycle"), "cycle", "Chicken");
    }

    @Test
    void findsSharedStateThatChanges() {
        assertBroken(ArchitectureRules.staticFieldsAreFinal(FIXTURES + "mutable"), "mutable", "SharedState.count");
    }

    @Test
    void findsAnAlgorithmThatReadsAClock() {
        assertBroken(ArchitectureRules.algorithmsReadNoClock(FIXTURES + "clock"), "clock", "AlgorithmWithAClock");
    }

    @Test
    void findsAPublicTypeThatIsNotListed() {
        assertBroken(ArchitectureRules.onlyThesePublicTypes(FIXTURES + "open", Set.of("Other")), "open", "Gossip");
        assertThat(ArchitectureRules.onlyThesePublicTypes(FIXTURES + "open", Set.of("Gossip"))
                        .evaluate(fixture("open"))
                        .hasViolation())
                .as("a listed one may be public")
                .isFalse();
    }

    static void assertBroken(ArchRule rule, String fixture, String culprit) {
        var result = rule.evaluate(fixture(fixture));
        assertThat(result.hasViolation())
                .as("%s is broken by %s", rule, culprit)
                .isTrue();
        assertThat(result.getFailureReport().toString()).contains(culprit);
    }

    private static JavaClasses fixture(String name) {
        return new ClassFileImporter().importPackages(FIXTURES + name);
    }
}
