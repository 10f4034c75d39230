package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/**
 * Knows whether an application has an {@code @ExceptionHandler} that names {@link RateLimitExceededException}, for a
 * controller or by advice.
 */
final class ExceptionHandlers {
    private final ApplicationContext context;
    private final Map<Class<?>, Boolean> known = new ConcurrentHashMap<>();

    ExceptionHandlers(ApplicationContext context) {
        this.context = context;
    }

    /** Returns whether the application answers denials of this handler itself. */
    boolean handle(@Nullable Object handler) {
        return handler instanceof HandlerMethod method && known.computeIfAbsent(method.getBeanType(), this::find);
    }

    private boolean find(Class<?> controller) {
        Class<?> userClass = ClassUtils.getUserClass(controller);
        if (namesIt(userClass)) {
            return true;
        }
        List<ControllerAdviceBean> advice = ControllerAdviceBean.findAnnotatedBeans(context);
        return advice.stream()
                .filter(bean -> bean.isApplicableToBeanType(userClass))
                .map(ControllerAdviceBean::getBeanType)
                .anyMatch(type -> type != null && namesIt(ClassUtils.getUserClass(type)));
    }

    private static boolean namesIt(Class<?> type) {
        ExceptionHandlerMethodResolver resolver = new ExceptionHandlerMethodResolver(type);
        Method method = resolver.resolveMethodByExceptionType(RateLimitExceededException.class);
        return method != null && declared(method).contains(RateLimitExceededException.class);
    }

    private static List<Class<?>> declared(Method method) {
        ExceptionHandler annotation = AnnotatedElementUtils.findMergedAnnotation(method, ExceptionHandler.class);
        return annotation != null && annotation.value().length > 0
                ? Arrays.asList(annotation.value())
                : Arrays.asList(method.getParameterTypes());
    }
}
