package io.ratelimit.spring.jaxrs;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Answers a denial that a JAX-RS resource, or a bean that it calls, throws: with the status, headers and body that a handler
 * of Spring MVC would get. Without it, JAX-RS makes an internal error of every exception that it does not know.
 */
public final class RateLimitExceptionMapper implements ExceptionMapper<RateLimitExceededException> {
    private static final int TOO_MANY_REQUESTS = 429;

    @Context
    private @Nullable HttpServletRequest request;

    @Context
    private @Nullable HttpServletResponse response;

    /** Called by JAX-RS, which injects the request that it is handling. */
    public RateLimitExceptionMapper() {}

    @Override
    public Response toResponse(RateLimitExceededException exceeded) {
        RateLimitWeb web = web();
        if (web == null || request == null || response == null) {
            return Response.status(TOO_MANY_REQUESTS).build();
        }
        CapturedResponse captured = new CapturedResponse(response);
        var unused = web.exceptionResolver().resolveException(request, captured, null, exceeded);
        return Response.status(captured.getStatus())
                .type(captured.getContentType())
                .entity(captured.body())
                .build();
    }

    private @Nullable RateLimitWeb web() {
        WebApplicationContext context = request == null
                ? null
                : WebApplicationContextUtils.getWebApplicationContext(request.getServletContext());
        return context == null
                ? null
                : context.getBeanProvider(RateLimitWeb.class).getIfAvailable();
    }
}
