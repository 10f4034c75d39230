package io.ratelimit.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Everything goes to the one server there is, or to the one that is the master at the time. */
final class SingleRouter implements Router {
    private final Link link;

    SingleRouter(Link link) {
        this.link = link;
    }

    @Override
    public void open() {
        link.open();
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
