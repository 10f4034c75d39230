package io.ratelimit.spring.annotation;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Quoted;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/** The method that is called instead of one that was denied. */
final class FallbackMethod {
    private final Method method;
    private final boolean takesDenial;

    private FallbackMethod(Method method, boolean takesDenial) {
        this.method = method;
        this.takesDenial = takesDenial;
        ReflectionUtils.makeAccessible(method);
    }

    /** Finds the fallback of a method, or tells why there is none. */
    static @Nullable FallbackMethod find(String name, Class<?> type, Method denied, AnnotationProblems problems) {
        Class<?>[] parameters = denied.getParameterTypes();
        Class<?>[] withDenial = Arrays.copyOf(parameters, parameters.length + 1);
        withDenial[parameters.length] = RateLimitExceededException.class;
        Method found = ReflectionUtils.findMethod(type, name, withDenial);
        boolean takesDenial = found != null;
        if (found == null) {
            found = ReflectionUtils.findMethod(type, name, parameters);
        }
        String reason = null;
        if (found == null) {
            reason = hasMethod(type, name)
                    ? "the method of this name takes other parameters"
                    : type.getName() + " has no method of this name";
        } else if (!denied.getReturnType().isAssignableFrom(found.getReturnType())) {
            reason = "it returns " + found.getReturnType().getSimpleName();
        } else if (found.equals(denied)) {
            reason = "it is the method itself";
        }
        if (found == null || reason != null) {
            problems.add(new AnnotationProblem(
                    Declaration.where(type, denied),
                    "fallback",
                    Quoted.text(name),
                    String.valueOf(reason),
                    expected(name, denied),
                    "@RateLimited(value = \"5/1m\", fallback = \"queueForLater\")"));
            return null;
        }
        return new FallbackMethod(found, takesDenial);
    }

    private static boolean hasMethod(Class<?> type, String name) {
        return Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                .anyMatch(method -> method.getName().equals(name));
    }

    private static String expected(String name, Method denied) {
        String parameters = String.join(
                ", ",
                Stream.of(denied.getParameterTypes()).map(Class::getSimpleName).toList());
        return denied.getReturnType().getSimpleName() + " " + name + "(" + parameters
                + "), or with a RateLimitExceededException after the parameters";
    }

    /** Calls it; throws what it throws. */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, RateLimitExceededException denial) throws Throwable {
        @Nullable Object[] all = arguments;
        if (takesDenial) {
            all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = denial;
        }
        try {
            return method.invoke(target, all);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }
}
