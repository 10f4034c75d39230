package io.ratelimit.redis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A way to a server, over the loopback interface, that counts what passes and fails on demand.
 *
 * <p>Its port stays the same for as long as it lives, so that a client finds the server again after {@link #refuse()} and
 * {@link #accept()}. Safe for any number of threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int MOST_REQUESTS_KEPT = 10_000;

    private final int port;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicLong roundTrips = new AtomicLong();
    private final Deque<String> requests = new ArrayDeque<>();
    private final Gate gate = new Gate();
    private @Nullable ServerSocket listener;
    private volatile InetSocketAddress target;
    private @Nullable Thread acceptor;
    private volatile Supplier<Duration> replyDelay = () -> Duration.ZERO;
    private volatile UnaryOperator<byte[]> onReplies = UnaryOperator.identity();
    private volatile boolean blackHole;

    private TcpProxy(String targetHost, int targetPort) throws IOException {
        this.target = new InetSocketAddress(targetHost, targetPort);
        ServerSocket first = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        this.port = first.getLocalPort();
        listen(first);
    }

    /** Opens a proxy in front of a server, which need not be there yet. */
    public static TcpProxy to(String host, int port) {
        try {
            return new TcpProxy(host, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a proxy in front of a server. */
    public static TcpProxy to(RedisFixture server) {
        return to(server.host(), server.port());
    }

    /** Leads to another server from now on, as if it had taken the place of the first, and cuts all connections. */
    public void leadTo(RedisFixture server) {
        leadTo(server.host(), server.port());
        cut();
    }

    /** Returns the host to connect to. */
    public String host() {
        return "127.0.0.1";
    }

    /** Returns the port to connect to. */
    public int port() {
        return port;
    }

    /** Returns how many requests were answered, since the beginning and including those of a client's greeting. */
    public long roundTrips() {
        return roundTrips.get();
    }

    /** Returns the last commands that clients have sent, ten thousand at most, in the order seen, answered or not. */
    public List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Returns how many connections were accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns the most connections that were open at the same time. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    /** Cuts all connections. New ones are accepted. */
    public void cut() {
        connections.forEach(ProxiedConnection::close);
    }

    /** Ends all connections towards their clients as a server does that knows nothing of them: with a reset. */
    public void reset() {
        connections.forEach(ProxiedConnection::reset);
    }

    /** Leads connections that begin from now on to another server. */
    public void leadTo(String host, int targetPort) {
        target = new InetSocketAddress(host, targetPort);
    }

    /** Refuses new connections and cuts those there are, as if there were no server. */
    public synchronized void refuse() {
        if (listener != null) {
            closeQuietly(listener);
            listener = null;
            awaitAcceptor();
        }
        cut();
    }

    /** Until it has noticed, the port stays open, and it may return with one more connection. */
    private void awaitAcceptor() {
        try {
            if (acceptor != null) {
                acceptor.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Accepts connections again. */
    public synchronized void accept() {
        if (listener == null) {
            try {
                ServerSocket again = new ServerSocket();
                again.setReuseAddress(true);
                again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                listen(again);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Accepts connections and bytes but passes nothing on, as a stopped server or a silent network would. */
    public void stall() {
        gate.shut();
    }

    /** Passes on what was held back, and everything after. */
    public void resume() {
        gate.open();
    }

    /**
     * Swallows all bytes, as a network does that has lost its routes. A connection that was open at any moment of that stays
     * silent for good.
     */
    public void blackHole() {
        blackHole = true;
        connections.forEach(ProxiedConnection::silence);
    }

    /** Serves connections that begin from now on. */
    public void endBlackHole() {
        blackHole = false;
    }

    /** Holds back each piece of a reply for so long; order is kept. */
    public void delayReplies(Supplier<Duration> delay) {
        replyDelay = delay;
    }

    /** Sends these bytes for each piece of a reply. */
    public void insteadOfReplies(byte[] bytes) {
        byte[] copy = bytes.clone();
        onReplies = reply -> copy;
    }

    /** Sends only so many bytes of each piece of a reply; none at all loses replies to requests that are carried out. */
    public void truncateReplies(int length) {
        onReplies = reply -> Arrays.copyOf(reply, Math.min(length, reply.length));
    }

    /** Lets replies through as they are, and at once. */
    public void passReplies() {
        onReplies = UnaryOperator.identity();
        replyDelay = () -> Duration.ZERO;
    }

    @Override
    public void close() {
        refuse();
        gate.open();
    }

    Gate gate() {
        return gate;
    }

    Duration replyDelay() {
        return replyDelay.get();
    }

    byte[] passed(byte[] reply) {
        return onReplies.apply(reply);
    }

    void requested(String command) {
        synchronized (requests) {
            requests.add(command);
            if (requests.size() > MOST_REQUESTS_KEPT) {
                requests.remove();
            }
        }
    }

    void answered() {
        roundTrips.incrementAndGet();
    }

    void closed(ProxiedConnection connection) {
        connections.remove(connection);
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) {
            // What is gone is closed.
        }
    }

    static Thread background(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void listen(ServerSocket on) {
        listener = on;
        acceptor = background("proxy-accept", () -> {
            while (!on.isClosed()) {
                try {
                    connect(on.accept());
                } catch (IOException closed) {
                    closeQuietly(on);
                }
            }
        });
    }

    private void connect(Socket client) {
        accepted.incrementAndGet();
        try {
            InetSocketAddress to = target;
            ProxiedConnection connection =
                    new ProxiedConnection(this, client, new Socket(to.getAddress(), to.getPort()));
            connections.add(connection);
            mostAtOnce.accumulateAndGet(connections.size(), Math::max);
            if (blackHole) {
                connection.silence();
            }
            connection.start();
        } catch (IOException noServer) {
            closeQuietly(client);
        }
    }
}
