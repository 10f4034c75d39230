package io.ratelimit.identity;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls code of the application: what that throws is reported and counts as "I do not know". */
final class Guard {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private final IdentityErrorListener errors;

    Guard(IdentityErrorListener errors) {
        this.errors = Objects.requireNonNull(errors, "errors");
    }

    <T> @Nullable T call(String kind, Supplier<@Nullable T> code) {
        try {
            return code.get();
        } catch (OutOfMemoryError dying) {
            throw dying;
        } catch (Throwable failure) {
            // Errors too: a missing class, an endless recursion or an assertion in a resolver is no reason for a 500.
            report(kind, failure);
            return null;
        }
    }

    private void report(String kind, Throwable failure) {
        try {
            errors.onIdentityError(kind, failure);
        } catch (Exception | LinkageError listenerFailure) {
            log.debug("The listener for identity errors failed on one of kind {}", kind, listenerFailure);
        }
    }
}
