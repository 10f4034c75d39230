package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import jakarta.servlet.Filter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a plain limited request costs, beside one that the filter leaves alone. */
class RequestCostTest {
    private static final Logger log = LoggerFactory.getLogger(RequestCostTest.class);
    private static final long MOST_BYTES = 3 * 1024;
    private static final int MOST_FRAMES = 14;
    private static final int WARM = 2_000;
    private static final int MEASURED = 300;

    private static Rule.Builder plain() {
        return Rule.named("plain").paths("/limited").key(RuleKey.parse("ip")).limits(Rules.fixed("1000000/1h"));
    }

    @Test
    void allocatesLittleForAPlainLimitedRequest() {
        TestServer server =
                TestServer.of(Setup.TOMCAT).install(new Parts().rule(plain()).store(MemoryStore.withMaxKeys(1_000)));
        ConcurrentLinkedQueue<Long> bytes = new ConcurrentLinkedQueue<>();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Filter ours = server.board.web().filter(EnumSet.allOf(Phase.class));
        server.board.front = List.of((request, response, chain) -> {
            long before = threads.getCurrentThreadAllocatedBytes();
            ours.doFilter(request, response, (limited, answer) -> {
                bytes.add(threads.getCurrentThreadAllocatedBytes() - before);
                chain.doFilter(limited, answer);
            });
        });

        long limited = median(server, "/limited", bytes);
        long leftAlone = median(server, "/unlimited", bytes);

        log.info("A plain limited request: {} bytes; one that is left alone: {}", limited, leftAlone);
        assertThat(limited).as("bytes of ours").isBetween(leftAlone, MOST_BYTES);
    }

    private static long median(TestServer server, String path, ConcurrentLinkedQueue<Long> bytes) {
        for (int i = 0; i < WARM; i++) {
            server.get(path);
        }
        bytes.clear();
        for (int i = 0; i < MEASURED; i++) {
            server.get(path);
        }
        long[] sorted = bytes.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Test
    void walksFewFramesFromTheFilterToTheStore() {
        List<String> frames = new ArrayList<>();
        MemoryStore memory = MemoryStore.withMaxKeys(10);
        LimitStore looking = new LimitStore() {
            @Override
            public CompletionStage<Decision> execute(Operation operation) {
                frames.clear();
                Arrays.stream(Thread.currentThread().getStackTrace())
                        .map(StackTraceElement::toString)
                        .filter(frame -> frame.contains("io.ratelimit.") && !frame.contains("Test"))
                        .filter(frame -> !frame.contains("Switchboard") && !frame.contains("SpyStore"))
                        .forEach(frames::add);
                return memory.execute(operation);
            }

            @Override
            public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
                return memory.executeAll(operations);
            }

            @Override
            public void close() {
                memory.close();
            }
        };
        TestServer server =
                TestServer.of(Setup.TOMCAT).install(new Parts().rule(plain()).store(looking));

        assertThat(server.get("/limited").status()).isEqualTo(200);

        log.info("Own frames from the filter to the store: {}", frames);
        assertThat(frames.size()).isBetween(1, MOST_FRAMES);
    }
}
