package io.ratelimit.sample;

import static org.awaitility.Awaitility.await;

import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Load;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Processes of the sample on one Redis, warm, with what the tests of faults ask of them. */
final class SampleUnderFaults implements AutoCloseable {
    /** How long until the application's code is compiled and its connections are open. */
    private static final Duration WARM = Duration.ofSeconds(3);

    private static final int KEYS = 20;

    private static final Pattern OPENED = Pattern.compile(
            "^(\\d\\d:\\d\\d:\\d\\d\\.\\d{3}) WARN .*The rate limit backend is (?:failing|slow)", Pattern.MULTILINE);

    private final List<SampleProcess> processes;

    private SampleUnderFaults(List<SampleProcess> processes) {
        this.processes = processes;
    }

    static SampleUnderFaults start(int instances, String host, int port, int permits, String... arguments)
            throws IOException {
        return start(instances, List.of("-Xmx256m"), host, port, permits, arguments);
    }

    /** Starts one process with options for the virtual machine. */
    static SampleUnderFaults startWith(List<String> options, String host, int port, int permits, String... arguments)
            throws IOException {
        return start(1, options, host, port, permits, arguments);
    }

    private static SampleUnderFaults start(
            int instances, List<String> options, String host, int port, int permits, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--spring.profiles.active=faults",
                "--spring.data.redis.host=" + host,
                "--spring.data.redis.port=" + port,
                "--ratelimit.redis.fallback.instances=" + instances,
                "--faults.permits=" + permits));
        all.addAll(List.of(arguments));
        SampleUnderFaults sample = new SampleUnderFaults(SampleProcess.start(instances, options, all));
        sample.load().start(new Load.Shape(64, 1_000, WARM)).awaitEnd();
        return sample;
    }

    /** Describes a load with keys of its own. */
    SampleLoad load() {
        return loadOf(KEYS);
    }

    /** Describes a load of so many keys of its own. */
    SampleLoad loadOf(int keys) {
        return new SampleLoad(processes, UUID.randomUUID() + "-", keys);
    }

    List<SampleProcess> processes() {
        return processes;
    }

    SampleProcess first() {
        return processes.get(0);
    }

    /** Returns when all processes were first seen with an open circuit. */
    long awaitOpen() {
        return awaitEach(process -> Meters.of(process).isCircuitOpen());
    }

    /** Returns how long after a moment the last process logged that its circuit is open; zero if none did. */
    Duration opened(LocalTime since) throws IOException {
        Duration latest = Duration.ZERO;
        for (SampleProcess process : processes) {
            Matcher line = OPENED.matcher(process.log());
            while (line.find()) {
                Duration after = Duration.between(since, LocalTime.parse(line.group(1)));
                latest = after.compareTo(latest) > 0 ? after : latest;
            }
        }
        return latest;
    }

    /** Returns when all processes were first seen with a closed circuit. */
    long awaitClosed() {
        return awaitEach(process -> Meters.of(process).isCircuitClosed());
    }

    interface Check {
        boolean of(SampleProcess process) throws IOException;
    }

    private long awaitEach(Check check) {
        Callable<Boolean> all = () -> {
            for (SampleProcess process : processes) {
                if (!check.of(process)) {
                    return false;
                }
            }
            return true;
        };
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(all);
        return System.nanoTime();
    }

    /** Returns the sum of a meter over all processes. */
    double sum(String meter, String tag) throws IOException {
        double sum = 0;
        for (SampleProcess process : processes) {
            sum += Meters.of(process).sum(meter, tag);
        }
        return sum;
    }

    DecisionTimes decisionTimes() throws IOException {
        return DecisionTimes.of(processes);
    }

    /** Returns how many lines the limiters of all processes have logged as a warning or an error. */
    long warnings() throws IOException {
        long lines = 0;
        for (SampleProcess process : processes) {
            lines += process.log()
                    .lines()
                    .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                    .filter(line -> line.contains("ratelimit"))
                    .count();
        }
        return lines;
    }

    static void say(String name, String format, Object... figures) {
        System.out.printf(Locale.ROOT, "fault %-28s %s%n", name, String.format(Locale.ROOT, format, figures));
    }

    /** Waits for as long as a fault lasts. */
    static void goOn(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(time.plusSeconds(5))
                .until(() -> System.nanoTime() - until >= 0);
    }

    static Duration lasting(int everydaySeconds, int fullSeconds) {
        return FaultScale.lasting(Duration.ofSeconds(everydaySeconds), Duration.ofSeconds(fullSeconds));
    }

    @Override
    public void close() {
        processes.forEach(SampleProcess::close);
    }
}
