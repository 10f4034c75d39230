package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Which annotations apply to which methods of a class. Found once for each class, and not yet read: whether they are right
 * is another question.
 */
final class AnnotatedType {
    /** What handles messages and queries, by name because few applications have these libraries. */
    private static final List<String> MESSAGE_HANDLERS = List.of(
            "org.springframework.messaging.handler.annotation.MessageMapping",
            "org.springframework.messaging.simp.annotation.SubscribeMapping",
            "org.springframework.messaging.rsocket.annotation.ConnectMapping",
            "org.springframework.graphql.data.method.annotation.SchemaMapping",
            "org.springframework.graphql.data.method.annotation.BatchMapping");

    private final Class<?> type;
    private final Map<Method, List<Declaration>> calls = new LinkedHashMap<>();
    private final Map<Method, List<Declaration>> handlers = new LinkedHashMap<>();
    private boolean unused;

    private AnnotatedType(Class<?> type) {
        this.type = type;
    }

    /** Looks through a class as the user wrote it. */
    static AnnotatedType of(Class<?> beanClass, WebLayer web) {
        Class<?> type = ClassUtils.getUserClass(beanClass);
        AnnotatedType annotated = new AnnotatedType(type);
        if (isOfSpring(type)) {
            return annotated;
        }
        List<Declaration> onType = Declaration.onType(type);
        boolean controller = web.isController(type);
        boolean covers = false;
        Map<Method, List<Declaration>> methods = onMethods(type);
        boolean handlesRequests = methods.keySet().stream().anyMatch(method -> web.isHandler(type, method));
        for (Map.Entry<Method, List<Declaration>> own : methods.entrySet()) {
            Method method = own.getKey();
            boolean handler = web.isHandler(type, method);
            List<Declaration> all = new ArrayList<>();
            if (!onType.isEmpty() && (controller ? isHandled(method, handler, handlesRequests) : isCovered(method))) {
                all.addAll(onType);
                covers = true;
            }
            all.addAll(own.getValue());
            if (!all.isEmpty()) {
                (handler ? annotated.handlers : annotated.calls).put(method, List.copyOf(all));
            }
        }
        // Without the web there is no telling which methods of a controller would be handlers.
        boolean known = controller || !AnnotatedElementUtils.hasAnnotation(type, Controller.class);
        annotated.unused = !onType.isEmpty() && !covers && known;
        return annotated;
    }

    /**
     * Returns whether an annotation on a controller covers one of its methods: a handler of requests, or a handler of messages
     * in a controller without handlers of requests. Spring calls the other methods for itself, such as those for binding.
     */
    private static boolean isHandled(Method method, boolean handler, boolean handlesRequests) {
        return (handlesRequests ? handler : handlesMessages(method)) && !Modifier.isStatic(method.getModifiers());
    }

    private static boolean handlesMessages(Method method) {
        MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        return MESSAGE_HANDLERS.stream().anyMatch(annotations::isPresent);
    }

    /** Most beans are of Spring itself, and have no annotations of users; Spring skips them in the same way. */
    private static boolean isOfSpring(Class<?> type) {
        return type.getName().startsWith("org.springframework.")
                && !AnnotatedElementUtils.hasAnnotation(type, Component.class);
    }

    private static Map<Method, List<Declaration>> onMethods(Class<?> type) {
        Map<Method, List<Declaration>> methods = new LinkedHashMap<>();
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type, AnnotatedType::isWrittenByUser)) {
            methods.put(method, Declaration.onMethod(type, method));
        }
        for (Class<?> implemented : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            for (Method inInterface : implemented.getMethods()) {
                if (isWrittenByUser(inInterface)) {
                    addFromInterface(methods, type, inInterface);
                }
            }
        }
        return methods;
    }

    /** A superclass may have the methods of an interface that only its subclass implements, and then lacks its annotations. */
    private static void addFromInterface(Map<Method, List<Declaration>> methods, Class<?> type, Method inInterface) {
        Method method = specific(inInterface, type);
        List<Declaration> known = methods.get(method);
        if (known == null || known.isEmpty()) {
            methods.put(method, Declaration.onInterface(type, method, inInterface));
        }
    }

    /** Returns the method that runs when another is called on an object of a class: not a bridge, nor what it overrides. */
    static Method specific(Method method, Class<?> type) {
        // The class of a proxy has generated methods alone.
        return Proxy.isProxyClass(type) ? method : BridgeMethodResolver.getMostSpecificMethod(method, type);
    }

    private static boolean isWrittenByUser(Method method) {
        // The methods of a proxy's class are generated; its interfaces have the annotations.
        return !method.isBridge()
                && !method.isSynthetic()
                && method.getDeclaringClass() != Object.class
                && !Proxy.isProxyClass(method.getDeclaringClass());
    }

    /** Returns whether an annotation on a type that is no controller covers a method: a public one, except {@code toString} and the like. */
    private static boolean isCovered(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !overridesObject(method);
    }

    private static boolean overridesObject(Method method) {
        return Arrays.stream(Object.class.getMethods())
                .anyMatch(object -> object.getName().equals(method.getName())
                        && Arrays.equals(object.getParameterTypes(), method.getParameterTypes()));
    }

    /** Tells if what stands on the type applies to none of its methods. */
    void findUnused(AnnotationProblems problems) {
        if (unused) {
            problems.add(new AnnotationProblem(
                    type.getName(),
                    "type",
                    type.getSimpleName(),
                    "it applies to none of its methods: on a type it covers public methods, and of a controller those that"
                            + " handle requests, or messages where none does",
                    "@RateLimited on the methods that it means",
                    "@RateLimited(\"5/1m\") public String quote()"));
        }
    }

    Class<?> type() {
        return type;
    }

    /** Returns the methods that are limited around their calls. */
    Map<Method, List<Declaration>> calls() {
        return calls;
    }

    /** Returns the methods that are limited before their arguments are bound. */
    Map<Method, List<Declaration>> handlers() {
        return handlers;
    }
}
