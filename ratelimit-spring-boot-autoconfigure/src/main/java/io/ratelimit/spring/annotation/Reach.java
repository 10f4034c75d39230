package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.util.ClassUtils;

/** Finds annotated methods that no proxy can reach: calls of them would go past their limit. */
final class Reach {
    private Reach() {}

    /** How a bean is or will be proxied. */
    enum ProxyKind {
        /** By a subclass, which overrides what can be overridden. */
        SUBCLASS,
        /** By the interfaces alone. */
        INTERFACES
    }

    /** Tells which limited methods of a class are out of reach. */
    static void check(AnnotatedType annotated, ProxyKind kind, AnnotationProblems problems) {
        for (Map.Entry<Method, List<Declaration>> limited : annotated.calls().entrySet()) {
            Method method = limited.getKey();
            String reason = kind == ProxyKind.SUBCLASS
                    ? outOfReachOfSubclass(annotated.type(), method)
                    : outOfReachOfInterfaces(annotated.type(), method);
            if (reason != null && limited.getValue().stream().anyMatch(one -> means(one, method))) {
                problems.add(new AnnotationProblem(
                        Declaration.where(annotated.type(), method),
                        "method",
                        Modifier.toString(method.getModifiers()) + " " + method.getName(),
                        reason,
                        expected(method),
                        "@RateLimited(\"5/1m\") public String quote()"));
            }
        }
    }

    private static String expected(Method method) {
        return KotlinDetector.isKotlinType(method.getDeclaringClass())
                ? "a public function that is open, of a class that is open, which the compiler plugin kotlin-spring sees to"
                : "a method that others call through the bean: neither private nor static nor final, of a class that is"
                        + " not final, and in an interface where the bean is known by its interfaces alone";
    }

    /** Returns whether an annotation covers a method. One on a type leaves out final methods that the type inherits. */
    private static boolean means(Declaration declaration, Method method) {
        return declaration.method() != null
                || (declaration.standsOn() instanceof Class<?> type
                        && type.isAssignableFrom(method.getDeclaringClass()));
    }

    private static @Nullable String outOfReachOfSubclass(Class<?> type, Method method) {
        if (Modifier.isFinal(type.getModifiers())) {
            return "its class is final, so that no proxy can be made of it";
        }
        String modifier = unreachable(method);
        if (modifier != null) {
            return modifier;
        }
        return Modifier.isFinal(method.getModifiers()) ? "it is final, so that no proxy can override it" : null;
    }

    private static @Nullable String outOfReachOfInterfaces(Class<?> type, Method method) {
        String modifier = unreachable(method);
        if (modifier != null || method.getDeclaringClass().isInterface()) {
            return modifier;
        }
        boolean inInterface = ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                .flatMap(implemented -> Stream.of(implemented.getMethods()))
                .anyMatch(candidate -> AnnotatedType.specific(candidate, type).equals(method));
        return inInterface ? null : "it is in none of the interfaces by which the bean is proxied";
    }

    private static @Nullable String unreachable(Method method) {
        if (Modifier.isPrivate(method.getModifiers())) {
            return "it is private, so that no proxy can reach it";
        }
        return Modifier.isStatic(method.getModifiers()) ? "it is static, so that no proxy can reach it" : null;
    }
}
