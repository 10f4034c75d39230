package io.ratelimit.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process holds at one moment.
 *
 * @param heapKilobytes the heap in use, right after a collection
 * @param directKilobytes memory outside the heap that was allocated by code, such as buffers of connections
 * @param threads how many there are
 * @param fileDescriptors how many are open
 * @param pools the threads that have a name, counted by their names without numbers
 */
record Footprint(
        long heapKilobytes, long directKilobytes, long threads, long fileDescriptors, Map<String, Integer> pools) {
    /** What a process has to be started with. */
    static final String OPTION = "-XX:NativeMemoryTracking=summary";

    private static final Pattern HEAP = Pattern.compile("(?:heap|generation)\\s+total \\d+K, used (\\d+)K");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

    /** A line that begins a thread: its name, which may end with its number in a pool. */
    private static final Pattern THREAD = Pattern.compile("^\"(.+?)\" .*\\bos_prio=", Pattern.MULTILINE);

    static Footprint of(SampleProcess process) throws IOException {
        long pid = process.pid();
        // Twice: the first collection lets go of what the second one can free.
        jcmd(pid, "GC.run");
        jcmd(pid, "GC.run");
        return new Footprint(
                sum(HEAP, jcmd(pid, "GC.heap_info")),
                sum(DIRECT, jcmd(pid, "VM.native_memory", "summary")),
                count("/proc/" + pid + "/task"),
                count("/proc/" + pid + "/fd"),
                pools(jcmd(pid, "Thread.print")));
    }

    private static String jcmd(long pid, String... command) throws IOException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ProcessBuilder asking = new ProcessBuilder(tool, Long.toString(pid));
        asking.command().addAll(Stream.of(command).toList());
        Process process = asking.redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long sum(Pattern pattern, String text) {
        long sum = 0;
        boolean found = false;
        for (Matcher matcher = pattern.matcher(text); matcher.find(); found = true) {
            sum += Long.parseLong(matcher.group(1));
        }
        if (!found) {
            throw new IllegalStateException("Nothing like " + pattern + " in: " + text);
        }
        return sum;
    }

    private static long count(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(directory))) {
            return entries.count();
        }
    }

    private static Map<String, Integer> pools(String threads) {
        return THREAD.matcher(threads)
                .results()
                .map(line -> line.group(1).replaceFirst("([-#]?\\d+)+$", ""))
                .collect(Collectors.toMap(Function.identity(), one -> 1, Integer::sum, TreeMap::new));
    }

    /** Returns the larger of each figure. */
    Footprint or(Footprint other) {
        return new Footprint(
                Math.max(heapKilobytes, other.heapKilobytes),
                Math.max(directKilobytes, other.directKilobytes),
                Math.max(threads, other.threads),
                Math.max(fileDescriptors, other.fileDescriptors),
                larger(other.pools));
    }

    private Map<String, Integer> larger(Map<String, Integer> others) {
        Map<String, Integer> larger = new TreeMap<>(pools);
        others.forEach((pool, threads) -> larger.merge(pool, threads, Math::max));
        return larger;
    }

    @Override
    public String toString() {
        return "heap %.1f MB direct %.1f MB threads %d file descriptors %d"
                .formatted(heapKilobytes / 1024.0, directKilobytes / 1024.0, threads, fileDescriptors);
    }
}
