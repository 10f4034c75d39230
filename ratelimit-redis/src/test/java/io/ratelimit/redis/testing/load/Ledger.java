package io.ratelimit.redis.testing.load;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An exact account of requests. Safe for any number of threads. */
public final class Ledger {
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final Queue<Exception> broken = new ConcurrentLinkedQueue<>();

    /** One window of one key. */
    public record Quota(String key, long window) {}

    /** Opens an empty account. */
    public Ledger() {}

    private Ledger(Collection<Entry> some) {
        entries.addAll(some);
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    void breakOff(Exception exception) {
        broken.add(exception);
    }

    /** Returns what ended connections of the load before their time. */
    public List<Exception> broken() {
        return List.copyOf(broken);
    }

    /** Returns the account of requests that were sent from one moment until before another. */
    public Ledger between(long fromNanos, long toNanos) {
        return only(entry -> entry.begunAtNanos() - fromNanos >= 0 && entry.begunAtNanos() - toNanos < 0);
    }

    /** Returns the account of requests that were sent before a moment. */
    public Ledger before(long nanos) {
        return only(entry -> entry.begunAtNanos() - nanos < 0);
    }

    /** Returns the account of requests that were sent from a moment on. */
    public Ledger since(long nanos) {
        return only(entry -> entry.begunAtNanos() - nanos >= 0);
    }

    /** Returns the account of some of the requests. */
    public Ledger only(Predicate<Entry> wanted) {
        return new Ledger(entries.stream().filter(wanted).toList());
    }

    /** Returns the requests in the order of their answers. */
    public Stream<Entry> entries() {
        return entries.stream();
    }

    /** Returns how many requests there are. */
    public long size() {
        return entries.size();
    }

    /** Returns how many requests are like this. */
    public long count(Predicate<Entry> wanted) {
        return entries.stream().filter(wanted).count();
    }

    /** Returns how many requests were decided by a source, or all where it decided all; from 0 to 1. */
    public double share(String source) {
        return entries.isEmpty() ? 0 : (double) count(entry -> entry.source().equals(source)) / size();
    }

    /** Returns how many requests there are of each sort. */
    public <T> Map<T, Long> by(Function<Entry, T> sort) {
        return entries.stream().collect(Collectors.groupingBy(sort, Collectors.counting()));
    }

    /** Returns how many requests were admitted in each window of each key. */
    public Map<Quota, Long> admitted() {
        return only(entry -> entry.outcome() == Entry.Outcome.ADMITTED)
                .by(entry -> new Quota(entry.key(), entry.window()));
    }

    /** Returns the time within which 99 of 100 requests were answered. */
    public Duration p99() {
        return Percentile.of(0.99, entries.stream().mapToLong(Entry::tookNanos));
    }

    /** Returns the longest time until an answer. */
    public Duration slowest() {
        return Percentile.of(1, entries.stream().mapToLong(Entry::tookNanos));
    }
}
