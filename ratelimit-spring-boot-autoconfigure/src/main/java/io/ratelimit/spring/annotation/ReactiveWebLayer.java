package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;

/**
 * Web requests that are not limited. Their handlers are known all the same: limited as calls of any bean, all clients together
 * would have one counter.
 */
public final class ReactiveWebLayer implements WebLayer {
    /** Creates the layer. */
    public ReactiveWebLayer() {}

    @Override
    public boolean isController(Class<?> type) {
        return Controllers.isController(type);
    }

    @Override
    public boolean isHandler(Class<?> type, Method method) {
        return Controllers.isHandler(type, method);
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
