package io.ratelimit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The shape of the code, as rules that a build can break on. Each takes the package that stands for {@code io.ratelimit}. */
public final class ArchitectureRules {
    private ArchitectureRules() {}

    /** Imports what is shipped: neither this module's tests nor those that another module lends out. */
    public static JavaClasses shippedClasses() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.ratelimit");
    }

    /** Values know nobody, algorithms know values, stores know algorithms, and so on up to what a user types. */
    public static ArchRule corePackagesPointOneWay(String root) {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("limit")
                .definedBy(root + ".limit")
                .layer("algorithm")
                .definedBy(root + ".algorithm")
                .layer("store")
                .definedBy(root + ".store")
                .layer("failover")
                .definedBy(root + ".failover")
                .layer("identity")
                .definedBy(root + ".identity")
                .layer("rule")
                .definedBy(root + ".rule")
                .layer("root")
                .definedBy(root)
                .whereLayer("limit")
                .mayNotAccessAnyLayer()
                .whereLayer("algorithm")
                .mayOnlyAccessLayers("limit")
                .whereLayer("store")
                .mayOnlyAccessLayers("algorithm", "limit")
                .whereLayer("failover")
                .mayOnlyAccessLayers("store", "limit")
                .whereLayer("identity")
                .mayOnlyAccessLayers("limit")
                .whereLayer("rule")
                .mayOnlyAccessLayers("identity", "limit")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .allowEmptyShould(true);
    }

    /** The core runs without Spring, without Redis, and with few libraries. */
    public static ArchRule coreHasFewDependencies(String root) {
        String[] core = {
            root,
            root + ".limit..",
            root + ".algorithm..",
            root + ".store..",
            root + ".failover..",
            root + ".identity..",
            root + ".rule.."
        };
        return classes()
                .that(resideInAnyPackage(core))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(core)
                        .or(resideInAnyPackage(
                                "java..",
                                "javax.crypto..",
                                "org.slf4j..",
                                "org.jspecify..",
                                "com.github.benmanes.caffeine..",
                                "io.github.resilience4j..")))
                .allowEmptyShould(true);
    }

    /** Backends know the core and not each other; only the Spring packages know Spring. */
    public static ArchRule backendsKnowNoSpring(String root) {
        return noClasses()
                .that(resideInAPackage(root + "..").and(not(resideInAPackage(root + ".spring.."))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.springframework..", root + ".spring.."))
                .allowEmptyShould(true);
    }

    /** No package takes part in a ring. */
    public static ArchRule packagesAreFreeOfCycles(String root) {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Algorithms and rules get their time from outside. */
    public static ArchRule algorithmsReadNoClock(String root) {
        return noClasses()
                .that(resideInAnyPackage(root + ".algorithm..", root + ".rule..", root + ".store.."))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("java.io..", "java.nio..", "java.net.."))
                .allowEmptyShould(true);
    }

    /** State that everybody shares is constant. */
    public static ArchRule staticFieldsAreFinal(String root) {
        return fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat(resideInAPackage(root + ".."))
                .should()
                .beFinal()
                .allowEmptyShould(true);
    }

    /** Auto-configurations are nobody's API. */
    public static ArchRule autoConfigurationsAreFinal(String root) {
        return classes()
                .that(resideInAPackage(root + ".."))
                .and()
                .areAnnotatedWith("org.springframework.boot.autoconfigure.AutoConfiguration")
                .should()
                .haveModifier(JavaModifier.FINAL)
                .allowEmptyShould(true);
    }

    /** Auto-configurations offer beans, not methods to call. */
    public static ArchRule autoConfigurationsHaveNoPublicMethods(String root) {
        return methods()
                .that()
                .areDeclaredInClassesThat(resideInAPackage(root + ".."))
                .and()
                .areDeclaredInClassesThat()
                .areAnnotatedWith("org.springframework.boot.autoconfigure.AutoConfiguration")
                .should()
                .notBePublic()
                .allowEmptyShould(true);
    }

    /** Names and values become rules without beans and conditions, so that rules from anywhere are read by the same code. */
    public static ArchRule configurationKnowsNoBeans(String root) {
        return noClasses()
                .that(resideInAPackage(root + ".spring.configuration.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "org.springframework.boot.autoconfigure..",
                        "org.springframework.context.annotation..",
                        "org.springframework.stereotype..",
                        root + ".spring.autoconfigure.."))
                .allowEmptyShould(true);
    }

    /** What makes beans turns no names and values into rules; a condition may read what it depends on. */
    public static ArchRule autoConfigurationsBindNothing(String root) {
        return noClasses()
                .that(resideInAPackage(root + ".spring.autoconfigure..")
                        .and(not(describe("belong to conditions", type -> {
                            JavaClass outermost = type;
                            while (outermost.getEnclosingClass().isPresent()) {
                                outermost = outermost.getEnclosingClass().get();
                            }
                            return outermost.isAssignableTo("org.springframework.context.annotation.Condition");
                        }))))
                .should()
                .dependOnClassesThat(resideInAPackage("org.springframework.boot.context.properties.bind.."))
                .allowEmptyShould(true);
    }

    /** What every front shares knows none of them. */
    public static ArchRule gateKnowsNoFront(String root) {
        return noClasses()
                .that(resideInAPackage(root + ".spring.web"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "jakarta.servlet..",
                        "org.springframework.web.servlet..",
                        "org.springframework.web.reactive..",
                        "org.springframework.web.server..",
                        "org.springframework.web.context..",
                        "org.reactivestreams..",
                        "reactor..",
                        root + ".spring.web.*.."))
                .allowEmptyShould(true);
    }

    /** A decision about a request is waited for where a thread belongs to the request, and nowhere else. */
    public static ArchRule gateNeverWaits(String root) {
        return noClasses()
                .that(resideInAPackage(root + ".spring.web"))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(root + ".spring.decision.DecisionWait")
                .orShould()
                .callMethod(CompletableFuture.class, "get")
                .orShould()
                .callMethod(CompletableFuture.class, "get", long.class, TimeUnit.class)
                .allowEmptyShould(true);
    }

    /** What a package shows to the world is listed; everything else is package-private. */
    public static ArchRule onlyThesePublicTypes(String packageName, Set<String> simpleNames) {
        return classes()
                .that(resideInAPackage(packageName))
                .and()
                .areTopLevelClasses()
                .and(not(describe("are one of " + simpleNames, type -> simpleNames.contains(type.getSimpleName()))))
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .notBePublic()
                .because("a type that nobody outside needs stays inside")
                .allowEmptyShould(true);
    }

    /** Every rule that holds for the whole code. */
    public static Set<ArchRule> all(String root) {
        return Set.of(
                corePackagesPointOneWay(root),
                coreHasFewDependencies(root),
                backendsKnowNoSpring(root),
                packagesAreFreeOfCycles(root),
                algorithmsReadNoClock(root),
                staticFieldsAreFinal(root),
                autoConfigurationsAreFinal(root),
                autoConfigurationsHaveNoPublicMethods(root),
                configurationKnowsNoBeans(root),
                autoConfigurationsBindNothing(root),
                gateKnowsNoFront(root),
                gateNeverWaits(root));
    }
}
