package io.ratelimit.sample;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One connection that sends one request after the other. In contrast to a client with a pool it never repeats a request on
 * its own, and when it gives up waiting the request has certainly been sent. Not safe for several threads.
 */
final class HttpConnection implements Closeable {
    private final int port;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    HttpConnection(int port) {
        this.port = port;
    }

    /**
     * Sends a GET and reads the whole answer.
     *
     * @param patience how long to wait for an answer
     * @return the status; empty if there was no answer in that time
     */
    OptionalInt get(String path, String header, Duration patience) throws IOException {
        Socket open = open();
        open.setSoTimeout(Math.toIntExact(patience.toMillis()));
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n";
        open.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        try {
            return OptionalInt.of(readAnswer());
        } catch (SocketTimeoutException impatient) {
            close();
            return OptionalInt.empty();
        }
    }

    private Socket open() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket(InetAddress.getLoopbackAddress(), port);
            open.setTcpNoDelay(true);
            socket = open;
            in = new BufferedInputStream(open.getInputStream());
        }
        return open;
    }

    private int readAnswer() throws IOException {
        int status = Integer.parseInt(readLine().split(" ", 3)[1]);
        int length = 0;
        boolean chunked = false;
        boolean last = false;
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            String[] header = line.toLowerCase(Locale.ROOT).split(":\\s*", 2);
            switch (header[0]) {
                case "content-length" -> length = Integer.parseInt(header[1]);
                case "transfer-encoding" -> chunked = header[1].equals("chunked");
                case "connection" -> last = header[1].equals("close");
                default -> {}
            }
        }
        if (chunked) {
            skipChunks();
        } else {
            in().skipNBytes(length);
        }
        if (last) {
            close();
        }
        return status;
    }

    private void skipChunks() throws IOException {
        int length;
        do {
            length = Integer.parseInt(readLine(), 16);
            in().skipNBytes(length);
            readLine();
        } while (length > 0);
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in().read(); b != '\n'; b = in().read()) {
            if (b < 0) {
                throw new EOFException("The server closed the connection in the middle of an answer");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private InputStream in() throws IOException {
        if (in == null) {
            throw new IOException("The connection is closed");
        }
        return in;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
            in = null;
        }
    }
}
