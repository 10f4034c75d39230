package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;

/**
 * Web requests that are not limited. Their handlers are known all the same: limited as calls of any bean, all clients together
 * would have one counter.
 */
public final class ReactiveWebLayer implements WebLayer {
    @Override
    public boolean isController(Class<?> type) {
        return Controllers.isController(type);
    }

    @Override
    public boolean isHandler(Class<?> type, Method method) {
        return Controllers.isHandler(type, method);
    }
}
