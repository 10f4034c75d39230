package io.ratelimit.spring.web.servlet;

import io.ratelimit.limit.Key;
import io.ratelimit.store.CleanThreads;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds requests until it is their turn, without a thread for each: at most a fixed number at a time, dispatched again by
 * one shared thread that does nothing else.
 *
 * <p>Safe for any number of threads.
 */
final class HeldRequests implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HeldRequests.class);
    /** What the container waits beyond our own alarm before it thinks that we forgot the request. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration LONGEST_END = Duration.ofSeconds(1);

    private final HeldShares places;
    private final ScheduledThreadPoolExecutor alarms;
    private final Set<Held> waiting = ConcurrentHashMap.newKeySet();

    HeldRequests(int most) {
        this.places = new HeldShares(most);
        // A request starts it, and must leave nothing of its own in it.
        this.alarms = new ScheduledThreadPoolExecutor(1, CleanThreads.named("ratelimit-held-requests"));
        // So that an application without leaky buckets has no such thread, and a client that left takes no memory.
        alarms.setKeepAliveTime(1, TimeUnit.MINUTES);
        alarms.allowCoreThreadTimeOut(true);
        alarms.setRemoveOnCancelPolicy(true);
    }

    /**
     * Takes the request off its thread and dispatches it again after a while.
     *
     * @param key the counter whose turn the request waits for
     * @return whether that was possible: there is a place for that owner and rule, and all filters and servlets so far allow asynchronous requests
     */
    boolean hold(HttpServletRequest request, HttpServletResponse response, Duration wait, Key key) {
        if (!request.isAsyncSupported() || request.isAsyncStarted() || !places.take(key)) {
            return false;
        }
        Held held = null;
        try {
            AsyncContext context = request.startAsync(request, response);
            held = new Held(context, key);
            waiting.add(held);
            context.setTimeout(wait.plus(GRACE).toMillis());
            context.addListener(held);
            held.alarm = alarms.schedule(held, wait.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException closed) {
            // The application is stopping: there is no turn to wait for any more.
            if (held != null) {
                held.run();
            }
            return true;
        } catch (IllegalStateException notAsynchronous) {
            places.giveBack(key);
            return false;
        }
    }

    /** Returns how many requests are held. */
    int count() {
        return waiting.size();
    }

    /** Wakes all requests that are held, so that the server can finish them while it stops. */
    @Override
    public void close() {
        alarms.shutdownNow();
        waiting.forEach(Held::run);
        try {
            // A thread that is about to end is one to Tomcat too, which looks for such as were left behind.
            if (!alarms.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                log.debug("The thread that wakes held requests ends late");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    /** One request. Whatever ends its wait, its place is given back once. */
    private final class Held implements Runnable, AsyncListener {
        private final AsyncContext context;
        private final Key key;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Future<?> alarm;

        Held(AsyncContext context, Key key) {
            this.context = context;
            this.key = key;
        }

        @Override
        public void run() {
            if (end()) {
                try {
                    context.dispatch();
                } catch (IllegalStateException gone) {
                    log.debug("A held request was over before its turn", gone);
                }
            }
        }

        private boolean end() {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            waiting.remove(this);
            places.giveBack(key);
            return true;
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            run();
        }

        @Override
        public void onError(AsyncEvent event) {
            leave();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            leave();
        }

        private void leave() {
            Future<?> set = alarm;
            if (end() && set != null) {
                set.cancel(false);
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The request was dispatched, and its handler is asynchronous too: no longer our concern.
        }
    }
}
