package io.ratelimit.spring.annotation;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Quoted;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** The method that is called instead of one that was denied. */
final class FallbackMethod {
    private final Method method;
    private final boolean takesDenial;

    private FallbackMethod(Method method, boolean takesDenial) {
        this.method = method;
        this.takesDenial = takesDenial;
    }

    /** Finds the fallback of a method, or tells why there is none. */
    static @Nullable FallbackMethod find(String name, Class<?> type, Method denied, AnnotationProblems problems) {
        Class<?>[] parameters = SuspendFunctions.parameters(denied);
        Method found = find(name, type, denied, with(parameters, RateLimitExceededException.class));
        boolean takesDenial = found != null;
        if (found == null) {
            found = find(name, type, denied, parameters);
        }
        String reason = found == null ? missing(name, type, denied) : unfit(found, denied);
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

    /** A suspend function may be answered for by one, which takes its continuation, or by an ordinary function. */
    private static @Nullable Method find(String name, Class<?> type, Method denied, Class<?>[] parameters) {
        Method found = null;
        if (SuspendFunctions.isOne(denied)) {
            Class<?> continuation = denied.getParameterTypes()[denied.getParameterCount() - 1];
            found = ReflectionUtils.findMethod(type, name, with(parameters, continuation));
        }
        return found != null ? found : ReflectionUtils.findMethod(type, name, parameters);
    }

    private static String missing(String name, Class<?> type, Method denied) {
        List<Method> sameName = Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                .filter(method -> method.getName().equals(name))
                .toList();
        if (sameName.isEmpty()) {
            return type.getName() + " has no method of this name";
        }
        return !SuspendFunctions.isOne(denied) && sameName.stream().allMatch(SuspendFunctions::isOne)
                ? "it is a suspend function, which only suspend functions can call"
                : "the method of this name takes other parameters";
    }

    private static @Nullable String unfit(Method found, Method denied) {
        Class<?> result = SuspendFunctions.result(found);
        if (SuspendFunctions.isOne(denied)) {
            result = ClassUtils.resolvePrimitiveIfNecessary(result);
        }
        if (!SuspendFunctions.result(denied).isAssignableFrom(result)) {
            return "it returns " + result.getSimpleName();
        }
        return found.equals(denied) ? "it is the method itself" : null;
    }

    private static String expected(String name, Method denied) {
        String result = SuspendFunctions.result(denied).getSimpleName();
        String signature = name + SuspendFunctions.parameterNames(denied);
        return (SuspendFunctions.isOne(denied) ? "suspend fun " + signature + ": " + result : result + " " + signature)
                + ", or with a RateLimitExceededException after the parameters";
    }

    /** Calls it; throws what it throws. Of a suspend function Spring makes what it expects of the method itself. */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, RateLimitExceededException denial) throws Throwable {
        int own = SuspendFunctions.parameters(method).length;
        @Nullable Object[] all = Arrays.copyOf(arguments, method.getParameterCount());
        if (takesDenial) {
            all[own - 1] = denial;
        }
        if (SuspendFunctions.isOne(method)) {
            all[own] = arguments[arguments.length - 1];
        }
        return AopUtils.invokeJoinpointUsingReflection(target, method, all);
    }

    private static <T> T[] with(T[] several, T last) {
        T[] all = Arrays.copyOf(several, several.length + 1);
        all[several.length] = last;
        return all;
    }
}
