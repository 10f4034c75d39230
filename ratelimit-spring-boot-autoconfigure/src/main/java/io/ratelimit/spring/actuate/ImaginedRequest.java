package io.ratelimit.spring.actuate;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that nobody has made: what is known of it, and otherwise what a bare one would say. The servlet API has
 * some seventy methods for it, of which matching and identifying need a few.
 */
final class ImaginedRequest implements InvocationHandler {
    /** As for a servlet that takes whatever no other one does. */
    private static final HttpServletMapping DEFAULT_MAPPING = new HttpServletMapping() {
        @Override
        public String getMatchValue() {
            return "";
        }

        @Override
        public String getPattern() {
            return "/";
        }

        @Override
        public String getServletName() {
            return "dispatcherServlet";
        }

        @Override
        public MappingMatch getMappingMatch() {
            return MappingMatch.DEFAULT;
        }
    };

    private final Map<String, @Nullable Object> answers = new HashMap<>();
    private final Map<String, Object> attributes = new HashMap<>();

    private ImaginedRequest(String method, String path, String address, @Nullable String user) {
        int query = path.indexOf('?');
        Principal principal = user == null ? null : () -> user;
        answers.put("getMethod", method);
        answers.put("getRequestURI", query < 0 ? path : path.substring(0, query));
        answers.put("getQueryString", query < 0 ? null : path.substring(query + 1));
        answers.put("getContextPath", "");
        answers.put("getServletPath", "");
        answers.put("getHttpServletMapping", DEFAULT_MAPPING);
        answers.put("getRemoteAddr", address);
        answers.put("getRemoteUser", user);
        answers.put("getUserPrincipal", principal);
        answers.put("getDispatcherType", DispatcherType.REQUEST);
        answers.put("getScheme", "http");
        answers.put("getProtocol", "HTTP/1.1");
        answers.put("getServerName", "localhost");
    }

    static HttpServletRequest of(String method, String path, String address, @Nullable String user) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                new ImaginedRequest(method, path, address, user));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
        Object[] given = arguments == null ? new Object[0] : arguments;
        String name = method.getName();
        return switch (name) {
            case "getAttribute" -> attributes.get((String) given[0]);
            case "setAttribute" -> attributes.put((String) given[0], given[1]);
            case "removeAttribute" -> attributes.remove((String) given[0]);
            case "equals" -> proxy == given[0];
            case "hashCode" -> System.identityHashCode(this);
            case "toString" -> "an imagined request";
            default -> answers.containsKey(name) ? answers.get(name) : nothing(method.getReturnType());
        };
    }

    /** What a request says that has nothing of a kind. */
    private static @Nullable Object nothing(Class<?> type) {
        if (type == Enumeration.class) {
            return Collections.emptyEnumeration();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? -1L : null;
    }
}
