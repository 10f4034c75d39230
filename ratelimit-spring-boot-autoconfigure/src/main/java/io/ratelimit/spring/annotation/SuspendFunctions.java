package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Reads the methods that Kotlin makes of {@code suspend} functions as they were written: without the continuation that is
 * their last parameter, and with the result that the continuation takes instead of the {@link Object} that they return. Of all
 * other methods it says what is declared.
 */
final class SuspendFunctions {
    private SuspendFunctions() {}

    static boolean isOne(Method method) {
        return KotlinDetector.isSuspendingFunction(method);
    }

    /** Returns whether Spring can call a suspend function inside a proxy without blocking. */
    static boolean canBeDelayed() {
        return ClassUtils.isPresent("kotlinx.coroutines.reactor.MonoKt", null);
    }

    static Class<?>[] parameters(Method method) {
        return Arrays.copyOf(method.getParameterTypes(), method.getParameterCount() - (isOne(method) ? 1 : 0));
    }

    /** Returns the type of the result; {@code void} where a suspend function has none. */
    static Class<?> result(Method method) {
        if (!isOne(method)) {
            return method.getReturnType();
        }
        Class<?> result = ResolvableType.forMethodParameter(method, method.getParameterCount() - 1)
                .getGeneric()
                .toClass();
        return result.getName().equals("kotlin.Unit") ? void.class : result;
    }

    static String parameterNames(Method method) {
        return Stream.of(parameters(method)).map(Class::getSimpleName).collect(Collectors.joining(", ", "(", ")"));
    }
}
