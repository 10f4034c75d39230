package io.ratelimit.redis.testing;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One client's connection through a {@link TcpProxy}. */
final class ProxiedConnection {
    private static final int BUFFER_BYTES = 1 << 16;

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    private final RespFrames requests;
    private final RespFrames replies;
    private final BlockingQueue<Piece> delayed = new LinkedBlockingQueue<>();
    private volatile boolean silent;

    private static final class Piece {
        final byte[] bytes;
        final long dueNanos;

        Piece(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    ProxiedConnection(TcpProxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.requests = new RespFrames(frame -> proxy.requested(frame.firstBulk()));
        this.replies = new RespFrames(frame -> {
            if (frame.type() != '>') {
                proxy.answered();
            }
        });
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        TcpProxy.background("proxy-requests", () -> untilClosed(this::passRequests));
        TcpProxy.background("proxy-replies", () -> untilClosed(this::takeReplies));
        TcpProxy.background("proxy-delay", () -> untilClosed(this::passReplies));
    }

    /** Passes nothing on any more, in neither direction. */
    void silence() {
        silent = true;
    }

    void reset() {
        try {
            client.setSoLinger(true, 0);
        } catch (SocketException closed) {
            // Nothing is left to be reset.
        }
        close();
    }

    void close() {
        TcpProxy.closeQuietly(client);
        TcpProxy.closeQuietly(server);
        delayed.add(new Piece(new byte[0], System.nanoTime()));
        proxy.closed(this);
    }

    private interface Pump {
        void run() throws IOException, InterruptedException;
    }

    private void untilClosed(Pump pump) {
        try {
            pump.run();
        } catch (IOException gone) {
            // One side has closed; so does the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void passRequests() throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int length = client.getInputStream().read(buffer);
                length >= 0;
                length = client.getInputStream().read(buffer)) {
            proxy.gate().pass();
            if (silent) {
                continue;
            }
            requests.read(buffer, length);
            server.getOutputStream().write(buffer, 0, length);
        }
    }

    private void takeReplies() throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int length = server.getInputStream().read(buffer);
                length >= 0;
                length = server.getInputStream().read(buffer)) {
            proxy.gate().pass();
            // Counted before it is sent: who has an answer finds its round trip counted.
            replies.read(buffer, length);
            byte[] bytes = proxy.passed(Arrays.copyOf(buffer, length));
            delayed.add(new Piece(bytes, System.nanoTime() + proxy.replyDelay().toNanos()));
        }
    }

    private void passReplies() throws IOException, InterruptedException {
        while (!client.isClosed()) {
            Piece piece = delayed.take();
            for (long left = piece.dueNanos - System.nanoTime();
                    left > 0 && !client.isClosed();
                    left = piece.dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
            }
            if (!client.isClosed() && !silent) {
                client.getOutputStream().write(piece.bytes);
            }
        }
    }
}
