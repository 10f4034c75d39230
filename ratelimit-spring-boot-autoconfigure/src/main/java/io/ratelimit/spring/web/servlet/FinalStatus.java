package io.ratelimit.spring.web.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.IntConsumer;

/** Learns the status that a response really ends with, also if that is decided after the filters have returned. */
final class FinalStatus implements AsyncListener {
    private static final int INTERNAL_SERVER_ERROR = 500;

    private final HttpServletResponse response;
    private final IntConsumer completed;
    private volatile boolean failed;

    /**
     * Creates a listener.
     *
     * @param completed is told the final status, possibly more than once
     */
    FinalStatus(HttpServletResponse response, IntConsumer completed) {
        this.response = response;
        this.completed = completed;
    }

    /**
     * The filters have returned from a request: either that was all, or the rest is asynchronous. Nothing of the rest can
     * have happened yet, because the container waits with it until they have.
     */
    void returned(HttpServletRequest request) {
        if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(this);
        } else {
            complete();
        }
    }

    /** An exception has come through the filters. */
    void threw() {
        failed = true;
        complete();
    }

    /**
     * After a failure the container answers with an internal error, unless a status has been sent already: then that is the
     * one, however the rest of the response ends.
     */
    private void complete() {
        int status = response.getStatus();
        boolean replaced = failed && !response.isCommitted() && status < INTERNAL_SERVER_ERROR;
        completed.accept(replaced ? INTERNAL_SERVER_ERROR : status);
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
