package io.ratelimit.redis.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Finds the requests or replies in a stream of bytes of the Redis protocol, versions 2 and 3. */
final class RespFrames {
    private final Consumer<Frame> consumer;
    private final Deque<int[]> open = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream bulk = new ByteArrayOutputStream();
    private int bulkLeft;
    private char type;
    private String firstBulk = "";

    /**
     * A whole request or reply.
     *
     * @param type the first byte: an array is {@code *}, a message that no request asked for is {@code >}
     * @param firstBulk the first bulk string, which of a request is the command
     */
    record Frame(char type, String firstBulk) {}

    RespFrames(Consumer<Frame> consumer) {
        this.consumer = consumer;
    }

    void read(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            read(bytes[i]);
        }
    }

    private void read(byte next) {
        if (bulkLeft > 0) {
            readBulk(next);
            return;
        }
        if (next != '\n') {
            line.write(next);
            return;
        }
        String header = line.toString(StandardCharsets.US_ASCII).trim();
        line.reset();
        if (!header.isEmpty()) {
            begin(header);
        }
    }

    private void readBulk(byte next) {
        if (firstBulk.isEmpty() && bulkLeft > 2) {
            bulk.write(next);
        }
        if (--bulkLeft == 0) {
            if (firstBulk.isEmpty()) {
                firstBulk = bulk.toString(StandardCharsets.UTF_8);
            }
            bulk.reset();
            end();
        }
    }

    private void begin(String header) {
        char kind = header.charAt(0);
        if (open.isEmpty()) {
            type = kind;
        }
        switch (kind) {
            case '$', '=', '!' -> beginBulk(length(header));
            case '*', '~', '>' -> beginAggregate(length(header));
            case '%' -> beginAggregate(2 * length(header));
            default -> end();
        }
    }

    private void beginBulk(int length) {
        if (length < 0) {
            end();
        } else {
            bulkLeft = length + 2;
        }
    }

    private void beginAggregate(int elements) {
        if (elements <= 0) {
            end();
        } else {
            open.push(new int[] {elements});
        }
    }

    private void end() {
        while (!open.isEmpty() && --open.peek()[0] == 0) {
            open.pop();
        }
        if (open.isEmpty()) {
            consumer.accept(new Frame(type, firstBulk));
            firstBulk = "";
        }
    }

    private static int length(String header) {
        return Integer.parseInt(header.substring(1));
    }
}
