package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** A Spring Boot that is too old is refused by its version, not by the first class that it misses. */
class BootVersionTest {
    @ParameterizedTest
    @ValueSource(strings = {"3.5.7", "3.5.7-SNAPSHOT", "3.0.0", "3.4.0-RC1", "2.7.18", "1.5.22.RELEASE"})
    void anOlderOneIsRefused(String version) {
        assertThatThrownBy(() -> BootVersionCheck.check(version))
                .hasMessage("Spring Boot: " + version + " (expected: 4.0 or later, such as 4.1.1)");
        assertThat(Startup.analyze(catchThrowable(() -> BootVersionCheck.check(version))))
                .contains("Spring Boot: " + version, "expected: 4.0 or later", "Upgrade spring-boot-starter-parent");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"4.0.0", "4.0.0-M1", "4.1.1", "4.2.0-SNAPSHOT", "5.0.0", "10.0.0", "", "own", "own.1", "."})
    void aNewerOneAndAnUnknownOneAreNot(String version) {
        assertThatCode(() -> BootVersionCheck.check(version)).doesNotThrowAnyException();
    }

    @Test
    void everyApplicationAsksBeforeItLoadsAnythingElse() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationContextInitializer.class))
                .hasAtLeastOneElementOfType(BootVersionCheck.class);
    }
}
