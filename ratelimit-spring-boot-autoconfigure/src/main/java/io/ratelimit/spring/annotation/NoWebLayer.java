package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;

/** What there is to know about web requests where there are none. */
final class NoWebLayer implements WebLayer {
    @Override
    public boolean isController(Class<?> type) {
        return false;
    }

    @Override
    public boolean isHandler(Class<?> type, Method method) {
        return false;
    }

    @Override
    public boolean limitsHandlers() {
        return false;
    }

    @Override
    public Set<String> variables(Class<?> type, Method handler) {
        return Set.of();
    }

    @Override
    public Optional<RequestCall> currentRequest() {
        return Optional.empty();
    }
}
