package io.ratelimit.spring.annotation;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;

/**
 * What the annotations of all classes say, each read once. Safe for any number of threads.
 */
final class AnnotatedRules {
    private final WebLayer web;
    private final AnnotatedRuleReader rules;
    private final CallReader callReader;
    private final HandlerReader handlerReader;
    private final Set<String> idleHandlers = new ConcurrentSkipListSet<>();
    private final Map<Class<?>, AnnotatedType> types = new ConcurrentHashMap<>();
    private final Map<MethodClassKey, CallPlan> calls = new ConcurrentHashMap<>();
    private final Map<MethodClassKey, List<RuleReference>> handlers = new ConcurrentHashMap<>();

    AnnotatedRules(
            Supplier<RuleSet> configured,
            UnaryOperator<String> placeholders,
            WebLayer web,
            @Nullable AnnotatedRules parent) {
        this.web = web;
        this.rules = new AnnotatedRuleReader(configured, placeholders, parent == null ? null : parent.rules);
        this.callReader = new CallReader(rules);
        this.handlerReader = new HandlerReader(rules, web);
    }

    /** Returns where the annotations of a class stand. */
    AnnotatedType type(Class<?> beanClass) {
        AnnotatedType known = types.get(beanClass);
        return known != null ? known : types.computeIfAbsent(beanClass, type -> AnnotatedType.of(type, web));
    }

    /**
     * Returns how calls of a method are limited.
     *
     * @param type the class of the object that is called
     * @param method the method as it was called
     * @throws InvalidRateLimitedException if an annotation could not work
     */
    CallPlan call(Class<?> type, Method method) {
        return read(calls, this::readCall, type, method);
    }

    private CallPlan readCall(AnnotatedType type, Method method, AnnotationProblems problems) {
        List<Declaration> declarations = type.calls().getOrDefault(method, List.of());
        return CallPlan.of(method, callReader.read(type.type(), method, declarations, problems));
    }

    /**
     * Returns the rules of a method that handles web requests; empty if it is none, or has none.
     *
     * @param type the class of the object that handles
     * @param method the method as the web layer knows it
     * @throws InvalidRateLimitedException if an annotation could not work
     */
    List<Rule> handler(Class<?> type, Method method) {
        List<RuleReference> known = read(handlers, this::readHandler, type, method);
        return known.isEmpty()
                ? List.of()
                : known.stream().map(RuleReference::rule).toList();
    }

    private interface Reader<T> {
        T read(AnnotatedType type, Method method, AnnotationProblems problems);
    }

    /** Reads what is not known yet; it is not remembered if it is wrong. */
    private <T> T read(Map<MethodClassKey, T> known, Reader<T> reader, Class<?> type, Method method) {
        MethodClassKey key = new MethodClassKey(method, type);
        T before = known.get(key);
        if (before != null) {
            return before;
        }
        AnnotationProblems problems = new AnnotationProblems();
        AnnotatedType annotated = type(type);
        T read = reader.read(annotated, AnnotatedType.specific(method, annotated.type()), problems);
        problems.throwIfAny();
        known.putIfAbsent(key, read);
        return read;
    }

    private List<RuleReference> readHandler(AnnotatedType type, Method method, AnnotationProblems problems) {
        List<Declaration> declarations = type.handlers().getOrDefault(method, List.of());
        return handlerReader.read(type.type(), method, declarations, problems);
    }

    /** Reads all annotations of a class, and tells what is wrong with them. */
    void check(Class<?> beanClass, AnnotationProblems problems) {
        AnnotatedType type = type(beanClass);
        type.calls().keySet().forEach(method -> readCall(type, method, problems));
        type.findUnused(problems);
        for (Method handler : type.handlers().keySet()) {
            if (web.limitsHandlers()) {
                readHandler(type, handler, problems);
            } else {
                idleHandlers.add(Declaration.where(type.type(), handler));
            }
        }
    }

    /** Returns the rules that annotations define, in no order. */
    List<Rule> ownRules() {
        return rules.ownRules();
    }

    /** Returns the handlers whose annotations have no effect, in order. */
    List<String> idleHandlers() {
        return List.copyOf(idleHandlers);
    }

    /** Returns the ids of the configuration's rules that annotations point at. */
    Set<String> namedRules() {
        return rules.namedRules();
    }
}
