package io.ratelimit.spring.web;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.IndexAccessor;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * What an expression over a request may use: {@code #request}, {@code #headers['X-Tenant']} or {@code #header('X-Tenant')},
 * {@code #query['q']}, and by their names the variables of the path pattern and then the parameters of the query string.
 *
 * <p>It can read properties and call methods of these, but knows no types, constructors, beans or assignments.
 */
final class RequestExpressionContext implements EvaluationContext {
    /** Stateless and shared: it knows how to read and nothing to read from. */
    private static final SimpleEvaluationContext READ_ONLY = SimpleEvaluationContext.forReadOnlyDataBinding()
            .withInstanceMethods()
            .build();

    private static final MethodHandle GET_HEADER = getHeader();

    private final WebRequest request;
    private final Map<String, String> pathVariables;

    RequestExpressionContext(WebRequest request, Map<String, String> pathVariables) {
        this.request = request;
        this.pathVariables = pathVariables;
    }

    @Override
    public @Nullable Object lookupVariable(String name) {
        return switch (name) {
            case "request" -> request.nativeRequest();
            case "headers" -> new Values(request::header);
            case "header" -> GET_HEADER.bindTo(request);
            case "query" -> new Values(this::firstInQuery);
            default -> pathVariables.containsKey(name) ? pathVariables.get(name) : firstInQuery(name);
        };
    }

    private @Nullable String firstInQuery(String name) {
        List<String> values = QueryString.values(request.queryString(), name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** Looks values up by name; is never listed. */
    private static final class Values extends AbstractMap<String, String> {
        private final UnaryOperator<@Nullable String> lookup;

        Values(UnaryOperator<@Nullable String> lookup) {
            this.lookup = lookup;
        }

        @Override
        public @Nullable String get(@Nullable Object name) {
            return name instanceof String text ? lookup.apply(text) : null;
        }

        @Override
        public boolean containsKey(@Nullable Object name) {
            return get(name) != null;
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            return Set.of();
        }
    }

    private static MethodHandle getHeader() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(WebRequest.class, "header", MethodType.methodType(String.class, String.class));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("WebRequest has header(String)", impossible);
        }
    }

    @Override
    public TypedValue getRootObject() {
        return new TypedValue(request.nativeRequest());
    }

    @Override
    public List<PropertyAccessor> getPropertyAccessors() {
        return READ_ONLY.getPropertyAccessors();
    }

    @Override
    public List<IndexAccessor> getIndexAccessors() {
        return READ_ONLY.getIndexAccessors();
    }

    @Override
    public List<MethodResolver> getMethodResolvers() {
        return READ_ONLY.getMethodResolvers();
    }

    @Override
    public @Nullable BeanResolver getBeanResolver() {
        return READ_ONLY.getBeanResolver();
    }

    @Override
    public TypeLocator getTypeLocator() {
        return READ_ONLY.getTypeLocator();
    }

    @Override
    public TypeConverter getTypeConverter() {
        return READ_ONLY.getTypeConverter();
    }

    @Override
    public TypeComparator getTypeComparator() {
        return READ_ONLY.getTypeComparator();
    }

    @Override
    public OperatorOverloader getOperatorOverloader() {
        return READ_ONLY.getOperatorOverloader();
    }

    @Override
    public void setVariable(String name, @Nullable Object value) {
        throw new UnsupportedOperationException("An expression over a request changes nothing");
    }

    @Override
    public boolean isAssignmentEnabled() {
        return false;
    }
}
