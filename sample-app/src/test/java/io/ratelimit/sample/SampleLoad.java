package io.ratelimit.sample;

import io.ratelimit.redis.testing.load.Entry;
import io.ratelimit.redis.testing.load.Entry.Outcome;
import io.ratelimit.redis.testing.load.Load;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongFunction;

/** Requests of some keys by turns, over connections that are spread over processes of the sample. */
final class SampleLoad {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;

    private final List<SampleProcess> processes;
    private final String prefix;
    private final int keys;

    /**
     * Describes a load.
     *
     * @param prefix the first part of its keys
     */
    SampleLoad(List<SampleProcess> processes, String prefix, int keys) {
        this.processes = List.copyOf(processes);
        this.prefix = prefix;
        this.keys = keys;
    }

    Load start(Load.Shape shape) {
        return Load.start(
                shape,
                connection -> new Sender(
                        processes.get(connection % processes.size()).port(),
                        "/protected",
                        number -> prefix + number % keys));
    }

    /** Describes a load of the same keys on other processes. */
    SampleLoad at(List<SampleProcess> others) {
        return new SampleLoad(others, prefix, keys);
    }

    /** Sends one request after the other, and takes a connection that ends for an answer that is not known. */
    static final class Sender implements Load.Sender {
        private final HttpConnection connection;

        private final String path;
        private final LongFunction<String> keyOf;

        Sender(int port, String path, LongFunction<String> keyOf) {
            this.connection = new HttpConnection(port);
            this.path = path;
            this.keyOf = keyOf;
        }

        @Override
        public Entry send(long number) throws IOException {
            String key = keyOf.apply(number);
            long begun = System.nanoTime();
            int status;
            try {
                OptionalInt answer = connection.get(path, "X-Key: " + key, PATIENCE);
                status = answer.orElse(0);
            } catch (IOException gone) {
                status = 0;
                connection.close();
            }
            long took = System.nanoTime() - begun;
            Outcome outcome =
                    status == OK ? Outcome.ADMITTED : status == TOO_MANY_REQUESTS ? Outcome.DENIED : Outcome.UNKNOWN;
            return new Entry(key, 0, outcome, status, "", begun, took);
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
