package io.ratelimit.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** So many requests of one identity, as fast as they go, over many connections to several processes. */
final class Burst {
    /** Counts requests that got no answer in time, in place of a status. */
    static final int UNANSWERED = 0;

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final List<SampleProcess> processes;
    private final String path;
    private final String header;
    private final Duration patience;
    private final Map<Integer, Integer> byStatus = new ConcurrentHashMap<>();

    /**
     * Describes a burst.
     *
     * @param patience how long to wait for each answer
     */
    Burst(List<SampleProcess> processes, String path, String header, Duration patience) {
        this.processes = processes;
        this.path = path;
        this.header = header;
        this.patience = patience;
    }

    /** Sends the requests and returns how many got which status. */
    Map<Integer, Integer> send(int requests, int connections) throws Exception {
        AtomicInteger left = new AtomicInteger(requests);
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Callable<Void>> senders = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int port = processes.get(i % processes.size()).port();
                senders.add(() -> sendAll(port, left));
            }
            for (Future<Void> sender : threads.invokeAll(senders, LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                sender.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return Map.copyOf(byStatus);
    }

    private Void sendAll(int port, AtomicInteger left) throws Exception {
        try (HttpConnection connection = new HttpConnection(port)) {
            while (left.getAndDecrement() > 0) {
                int status = connection.get(path, header, patience).orElse(UNANSWERED);
                byStatus.merge(status, 1, Integer::sum);
            }
        }
        return null;
    }
}
