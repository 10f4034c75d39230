package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.AsyncWebRequest;

/** Tells Spring MVC that a request goes on asynchronously, and leaves all the rest to {@link HeldRequests}. */
final class HeldWebRequest extends ServletWebRequest implements AsyncWebRequest {
    HeldWebRequest(HttpServletRequest request, HttpServletResponse response) {
        super(request, response);
    }

    @Override
    public boolean isAsyncStarted() {
        return getRequest().isAsyncStarted();
    }

    @Override
    public boolean isAsyncComplete() {
        return false;
    }

    @Override
    public void startAsync() {}

    @Override
    public void dispatch() {}

    @Override
    public void setTimeout(@Nullable Long timeout) {}

    @Override
    public void addTimeoutHandler(Runnable runnable) {}

    @Override
    public void addErrorHandler(Consumer<Throwable> exceptionHandler) {}

    @Override
    public void addCompletionHandler(Runnable runnable) {}
}
