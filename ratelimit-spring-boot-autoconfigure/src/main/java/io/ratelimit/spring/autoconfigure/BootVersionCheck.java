package io.ratelimit.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Refuses a Spring Boot that is too old, before one of its missing classes does so with a stack trace. Uses nothing that
 * Spring Boot 3 does not have.
 */
final class BootVersionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final int OLDEST = 4;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        check(SpringBootVersion.getVersion());
    }

    /** Lets pass what has no version of the usual form, such as a build of one's own. */
    static void check(@Nullable String version) {
        int dot = version == null ? -1 : version.indexOf('.');
        if (version != null
                && dot > 0
                && isNumber(version.substring(0, dot))
                && Integer.parseInt(version.substring(0, dot)) < OLDEST) {
            throw new UnsupportedBootVersionException(version);
        }
    }

    private static boolean isNumber(String text) {
        return text.length() < 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
