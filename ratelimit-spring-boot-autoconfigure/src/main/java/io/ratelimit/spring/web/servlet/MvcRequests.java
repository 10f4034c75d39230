package io.ratelimit.spring.web.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;

/** Tells whether a request is on its way to Spring MVC, whose interceptor can hold it. */
final class MvcRequests {
    /** By the name of the servlet. An application has a handful. */
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    boolean include(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        String servlet = mapping == null ? null : mapping.getServletName();
        // Without a container, as in MockMvc, there is nothing but Spring MVC.
        return servlet == null
                || servlet.isEmpty()
                || known.computeIfAbsent(servlet, name -> isDispatcher(request.getServletContext(), name));
    }

    private static boolean isDispatcher(ServletContext context, String servlet) {
        ServletRegistration registration = context.getServletRegistration(servlet);
        if (registration == null || registration.getClassName() == null) {
            return false;
        }
        try {
            Class<?> type = ClassUtils.forName(registration.getClassName(), context.getClassLoader());
            return DispatcherServlet.class.isAssignableFrom(type);
        } catch (ClassNotFoundException | LinkageError unknown) {
            return false;
        }
    }
}
