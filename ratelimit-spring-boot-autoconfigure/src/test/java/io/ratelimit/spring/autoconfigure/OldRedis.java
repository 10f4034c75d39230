package io.ratelimit.spring.autoconfigure;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Answers as Redis 6.0.16 would: its {@code SET} does not know the option that the script needs. */
final class OldRedis implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());

    OldRedis() throws IOException {
        background(() -> {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                background(() -> serve(client));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void background(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException gone) {
                        // Whoever it served, or this server itself, is closed.
                    }
                },
                "old-redis");
        thread.setDaemon(true);
        thread.start();
    }

    private static void serve(Socket client) throws IOException {
        try (client) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            OutputStream out = client.getOutputStream();
            while (true) {
                out.write((answer(command(in)) + "\r\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    private static List<String> command(DataInputStream in) throws IOException {
        List<String> words = new ArrayList<>();
        long count = number(in);
        for (long i = 0; i < count; i++) {
            byte[] word = new byte[(int) number(in)];
            in.readFully(word);
            in.readUnsignedShort();
            words.add(new String(word, StandardCharsets.UTF_8));
        }
        return words;
    }

    /** Reads a line such as {@code *3} or {@code $12}. */
    private static long number(DataInputStream in) throws IOException {
        in.readByte();
        long number = 0;
        for (int digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
            number = 10 * number + digit - '0';
        }
        in.readByte();
        return number;
    }

    private static String answer(List<String> command) {
        return switch (command.get(0).toUpperCase(Locale.ROOT)) {
            case "HELLO" -> "-ERR unknown command `HELLO`, with args beginning with: ";
            case "PING" -> "+PONG";
            case "EVALSHA" -> "-NOSCRIPT No matching script. Please use EVAL.";
            case "EVAL" ->
                command.get(1).contains("redis_version")
                        ? "*14\r\n:6\r\n:0\r\n:16\r\n:0\r\n:0\r\n:0" + "\r\n:1".repeat(8)
                        : "-ERR Error running script (call to f_2d94): @user_script:80: ERR syntax error";
            default -> "+OK";
        };
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
