package io.ratelimit.spring.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.IntConsumer;

/**
 * Waits for the status that a response really ends with, also if that is decided on another thread: the request that is
 * handed on notices when it becomes asynchronous.
 */
final class CountedResponse extends HttpServletRequestWrapper implements AsyncListener {
    private static final int INTERNAL_SERVER_ERROR = 500;

    private final HttpServletResponse response;
    private final IntConsumer completed;
    private volatile boolean asynchronous;
    private volatile boolean failed;

    /**
     * Watches a request.
     *
     * @param completed is told the final status, possibly more than once
     */
    CountedResponse(HttpServletRequest request, HttpServletResponse response, IntConsumer completed) {
        super(request);
        this.response = response;
        this.completed = completed;
    }

    @Override
    public AsyncContext startAsync() {
        return watched(super.startAsync());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse withResponse) {
        return watched(super.startAsync(request, withResponse));
    }

    private AsyncContext watched(AsyncContext context) {
        asynchronous = true;
        context.addListener(this);
        return context;
    }

    /** The filters have returned: either that was all, or the rest is asynchronous. */
    void returned() {
        if (!asynchronous) {
            if (isAsyncStarted()) {
                // Started behind the back of this wrapper.
                watched(getAsyncContext());
            } else {
                complete();
            }
        }
    }

    /** An exception has come through to the filter: the container will answer with an internal error. */
    void threw() {
        if (!asynchronous) {
            completed.accept(INTERNAL_SERVER_ERROR);
        }
    }

    private void complete() {
        int status = response.getStatus();
        completed.accept(failed && status < INTERNAL_SERVER_ERROR ? INTERNAL_SERVER_ERROR : status);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        complete();
    }

    @Override
    public void onError(AsyncEvent event) {
        failed = true;
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The application or the container answers; completion follows.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // The container forgets listeners when a dispatched request becomes asynchronous again.
        event.getAsyncContext().addListener(this);
    }
}
