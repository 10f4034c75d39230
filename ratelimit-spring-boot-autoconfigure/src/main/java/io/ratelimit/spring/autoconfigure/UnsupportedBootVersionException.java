package io.ratelimit.spring.autoconfigure;

/** The application runs on a Spring Boot that the limiter does not know. */
final class UnsupportedBootVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedBootVersionException(String version) {
        super("Spring Boot: " + version + " (expected: 4.0 or later, such as 4.1.1)");
    }
}
