package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends every call over one link: to the only server, or to the one that is the master at the time. */
final class SingleRouter implements Router {
    private final Link link;
    private final @Nullable MasterWatch watch;

    SingleRouter(Link link) {
        this(link, null);
    }

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param watch over the link, or {@code null} for none
     */
    SingleRouter(Link link, @Nullable MasterWatch watch) {
        this.link = link;
        this.watch = watch;
    }

    @Override
    public void open() {
        link.open();
        if (watch != null) {
            watch.begin();
        }
    }

    @Override
    public void awaitFirstAttempt(Duration longest) {
        link.awaitFirstAttempt(longest);
    }

    @Override
    public Link linkOf(ScriptCall call) {
        return link;
    }

    /** A server that sends calls elsewhere is a cluster's, which has to be configured as one. */
    @Override
    public @Nullable Link follow(Redirection redirection, Link from) {
        return null;
    }

    @Override
    public StoreException explain(StoreException failure) {
        return failure.kind() == Kind.MOVED ? RedisErrors.nodeOfCluster(failure) : failure;
    }

    @Override
    public void failed() {
        // The link itself opens another connection.
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
