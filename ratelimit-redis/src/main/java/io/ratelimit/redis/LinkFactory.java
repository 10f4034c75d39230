package io.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.ratelimit.store.CleanThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the links to the servers of one deployment, which share threads and options. */
final class LinkFactory {
    private static final Logger log = LoggerFactory.getLogger(LinkFactory.class);
    private static final Duration LONGEST_SHUTDOWN = Duration.ofSeconds(1);

    private final ClientResources resources;
    private final ClientOptions options;
    private final Duration connectTimeout;

    /**
     * Opens nothing yet.
     *
     * @param shared threads to share, or {@code null} for own ones
     */
    LinkFactory(@Nullable ClientResources shared, ClientOptions options, Duration connectTimeout) {
        this.resources = shared == null ? ownResources() : UntracedResources.sharing(shared);
        this.options = options;
        this.connectTimeout = connectTimeout;
    }

    /** Lettuce starts the first thread of its own resources at once. */
    private static ClientResources ownResources() {
        return CompletableFuture.<ClientResources>supplyAsync(DefaultClientResources::create, CleanThreads::run)
                .join();
    }

    Router single(List<RedisURI> servers, ScheduledExecutorService timer) {
        RedisURI first = servers.get(0);
        if (servers.size() > 1) {
            return new SingleRouter(link(
                    new MasterReplicaConnector(
                            servers.stream().map(this::connector).toList(), connectTimeout),
                    timer));
        }
        return first.getSentinels().isEmpty()
                ? new SingleRouter(link(connector(first), timer))
                : watched(sentinels(first), timer);
    }

    private static Router watched(SentinelConnector sentinels, ScheduledExecutorService timer) {
        Link link = link(sentinels, timer);
        return new SingleRouter(link, new MasterWatch(link, sentinels::isElsewhere, timer, MasterWatch.INTERVAL));
    }

    private static Link link(ScriptConnector connector, ScheduledExecutorService timer) {
        return new Link(connector, timer, Link.warnings(System::nanoTime));
    }

    private SentinelConnector sentinels(RedisURI named) {
        return new SentinelConnector(
                named.getSentinels().stream().map(this::connector).toList(),
                named.getSentinelMasterId(),
                node -> connector(node.like(named)),
                connectTimeout);
    }

    ClusterRouter cluster(List<RedisURI> seeds, ScheduledExecutorService timer, Duration longestCall) {
        RedisURI like = seeds.get(0);
        return new ClusterRouter(
                seeds.stream().map(Node::of).distinct().toList(),
                node -> connector(node.like(like)),
                timer,
                longestCall);
    }

    private ScriptConnector connector(RedisURI uri) {
        return new LettuceConnector(uri, resources, options, connectTimeout);
    }

    /** Ends the threads that are its own. */
    void close() {
        Future<?> ended = resources.shutdown(0, LONGEST_SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
        try {
            ended.get(LONGEST_SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            log.debug("Threads of the connections to Redis end late", late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
