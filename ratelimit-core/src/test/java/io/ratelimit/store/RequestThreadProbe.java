package io.ratelimit.store;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs code on a thread such as a request's, in a JVM of its own, and finds the threads that keep what that thread had: its
 * inheritable thread locals or its context class loader. In a JVM of its own because some threads, such as the timer of the
 * JDK, are started once in a JVM.
 */
public final class RequestThreadProbe {
    private static final InheritableThreadLocal<String> OF_THE_REQUEST = new InheritableThreadLocal<>();
    private static final String INHERITS = "inherits: ";
    private static final String RUNS = "runs: ";

    private RequestThreadProbe() {}

    /** What the code leaves behind: all threads, and those of them that keep something. */
    public record Threads(List<String> running, List<String> inheriting) {}

    /** Runs the code, which has a constructor without parameters and leaves running what it has started. */
    public static Threads startedBy(Class<? extends Runnable> code) throws IOException, InterruptedException {
        Path output = Files.createTempFile("threads", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RequestThreadProbe.class.getName(),
                        code.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(output);
        Files.delete(output);
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(String.join(System.lineSeparator(), lines));
        }
        return new Threads(named(RUNS, lines), named(INHERITS, lines));
    }

    private static List<String> named(String prefix, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    public static void main(String[] arguments) throws Exception {
        Constructor<? extends Runnable> constructor =
                Class.forName(arguments[0]).asSubclass(Runnable.class).getDeclaredConstructor();
        constructor.setAccessible(true);
        Runnable code = constructor.newInstance();
        ClassLoader loader = new URLClassLoader(new URL[0], RequestThreadProbe.class.getClassLoader());
        Thread request = new Thread(() -> {
            OF_THE_REQUEST.set("secret");
            code.run();
            Thread.getAllStackTraces().keySet().forEach(thread -> {
                System.out.println(RUNS + thread.getName());
                boolean inherits = thread.getContextClassLoader() == loader || inheritedBy(thread);
                if (thread != Thread.currentThread() && inherits) {
                    System.out.println(INHERITS + thread.getName());
                }
            });
            System.exit(0);
        });
        request.setContextClassLoader(loader);
        request.start();
        request.join();
        System.exit(1);
    }

    private static boolean inheritedBy(Thread thread) {
        try {
            Field field = Thread.class.getDeclaredField("inheritableThreadLocals");
            field.setAccessible(true);
            Object locals = field.get(thread);
            if (locals == null) {
                return false;
            }
            Field table = locals.getClass().getDeclaredField("table");
            table.setAccessible(true);
            for (Object entry : (Object[]) table.get(locals)) {
                if (entry instanceof java.lang.ref.Reference<?> local && local.get() == OF_THE_REQUEST) {
                    return true;
                }
            }
            return false;
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalStateException("The JDK keeps inheritable thread locals elsewhere", unknown);
        }
    }
}
