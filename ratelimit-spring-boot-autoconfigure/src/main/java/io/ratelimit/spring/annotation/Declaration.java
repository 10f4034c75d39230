package io.ratelimit.spring.annotation;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * One {@link RateLimited} that applies to a bean's class or to one of its methods, wherever in the hierarchy it stands.
 *
 * @param annotation the annotation with its aliases resolved
 * @param type the bean's class; where that was generated, the type where the annotation stands
 * @param method the bean's method; {@code null} if the annotation is on the type
 * @param standsOn the type or method where it was found
 * @param ordinal its place among those of the same element, from 1
 */
record Declaration(
        RateLimited annotation, Class<?> type, @Nullable Method method, AnnotatedElement standsOn, int ordinal) {
    /** Returns what applies to all methods of a class. */
    static List<Declaration> onType(Class<?> type) {
        return found(type, type, null);
    }

    /** Returns what applies to one method of a class, apart from what applies to all. */
    static List<Declaration> onMethod(Class<?> type, Method method) {
        return found(method, type, method);
    }

    /** Returns what stands on a method of an interface, for the method that implements it. */
    static List<Declaration> onInterface(Class<?> type, Method method, Method inInterface) {
        return found(inInterface, type, method);
    }

    private static List<Declaration> found(AnnotatedElement element, Class<?> type, @Nullable Method method) {
        List<MergedAnnotation<RateLimited>> all = annotations(element).toList();
        List<Declaration> nearest = new ArrayList<>();
        for (MergedAnnotation<RateLimited> annotation : all) {
            AnnotatedElement standsOn = annotation.getSource() instanceof AnnotatedElement source ? source : element;
            if (annotation.getAggregateIndex() == all.get(0).getAggregateIndex()) {
                nearest.add(new Declaration(
                        annotation.synthesize(), named(type, standsOn), method, standsOn, nearest.size() + 1));
            }
        }
        return List.copyOf(nearest);
    }

    private static Stream<MergedAnnotation<RateLimited>> annotations(AnnotatedElement element) {
        return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).stream(RateLimited.class);
    }

    /** The names of generated classes change from run to run, and those of counters must not. */
    private static Class<?> named(Class<?> type, AnnotatedElement standsOn) {
        if (!Proxy.isProxyClass(type) && !type.isHidden()) {
            return type;
        }
        return standsOn instanceof Method method ? method.getDeclaringClass() : (Class<?>) standsOn;
    }

    /** Returns the class, and the method with its parameters if it is on a method, as a user would look it up. */
    String where() {
        return method == null ? type.getName() : where(type, method);
    }

    static String where(Class<?> type, Method method) {
        return type.getName() + "." + method.getName() + SuspendFunctions.parameterNames(method);
    }
}
