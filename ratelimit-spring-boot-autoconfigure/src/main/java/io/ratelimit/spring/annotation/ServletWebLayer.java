package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.web.servlet.RequestRules;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.service.annotation.HttpExchange;

/** Web requests of Spring MVC: its controllers, and the request that Spring has bound to the thread. */
public final class ServletWebLayer implements WebLayer {
    /** Always there; what else an expression may use are path variables and query parameters. */
    private static final Set<String> REQUEST_VARIABLES = Set.of("request", "headers", "header", "query");

    private static final Pattern PATH_VARIABLE = Pattern.compile("\\{\\*?([^:{}*]+)");

    private final Supplier<RequestRules> rules;

    /**
     * Creates the layer.
     *
     * @param rules asks rules about requests; not asked for itself before a limited method is called
     */
    public ServletWebLayer(Supplier<RequestRules> rules) {
        this.rules = Objects.requireNonNull(rules, "rules");
    }

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
        return true;
    }

    @Override
    public Set<String> variables(Class<?> type, Method handler) {
        Set<String> names = new HashSet<>(REQUEST_VARIABLES);
        Stream.of(type, handler).flatMap(ServletWebLayer::paths).forEach(path -> {
            Matcher variables = PATH_VARIABLE.matcher(path);
            while (variables.find()) {
                names.add(variables.group(1));
            }
        });
        for (int i = 0; i < handler.getParameterCount(); i++) {
            MethodParameter parameter = new SynthesizingMethodParameter(handler, i);
            RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
            if (query != null) {
                names.add(query.name().isEmpty() ? handler.getParameters()[i].getName() : query.name());
            }
        }
        return names;
    }

    private static Stream<String> paths(AnnotatedElement element) {
        MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        return Stream.concat(
                annotations.stream(RequestMapping.class).flatMap(mapping -> Stream.of(mapping.getStringArray("path"))),
                annotations.stream(HttpExchange.class).map(exchange -> exchange.getString(MergedAnnotation.VALUE)));
    }

    @Override
    public Optional<RequestCall> currentRequest() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? Optional.of(new ServletCall(attributes.getRequest(), rules))
                : Optional.empty();
    }

    private record ServletCall(HttpServletRequest request, Supplier<RequestRules> rules) implements RequestCall {
        @Override
        public Optional<RuleDemand> demand(Rule rule) {
            return rules.get().demand(request, rule);
        }

        @Override
        public Optional<RuleDecision> acquireOnce(List<Rule> all) {
            return rules.get().acquire(request, all);
        }
    }
}
