package io.ratelimit.store;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The feared interleavings: two threads see the same permit; one sees half of another's decision over two counters; two
 * that name the counters in opposite order wait for each other. Every concurrent history has to equal some sequential one.
 */
@Param(name = "counter", gen = IntGen.class, conf = "0:3")
public class MemoryStoreLincheckTest {
    private static final List<Algorithm> ALGORITHMS =
            List.of(Algorithm.FIXED_WINDOW, Algorithm.SLIDING_LOG, Algorithm.SLIDING_COUNTER, Algorithm.TOKEN_BUCKET);

    private final MemoryStore store = MemoryStore.of(() -> 1_700_000_000_000_000L, 1_024, Source.MEMORY);

    @Operation
    public boolean acquire(@Param(name = "counter") int counter) {
        return decide(List.of(demand(counter)));
    }

    @Operation
    public boolean acquireBoth(@Param(name = "counter") int one, @Param(name = "counter") int other) {
        return decide(List.of(demand(one), demand(other)));
    }

    @Operation
    public long remaining(@Param(name = "counter") int counter) {
        return store.decide(io.ratelimit.store.Operation.Peek.of(demand(counter)))
                .remaining();
    }

    @Operation
    public void reset(@Param(name = "counter") int counter) {
        store.executeAll(List.of(new io.ratelimit.store.Operation.Reset(List.of(demand(counter)))));
    }

    @Test
    void everyHistoryEqualsASequentialOne() {
        new StressOptions()
                .iterations(25)
                .invocationsPerIteration(2_000)
                .threads(3)
                .actorsPerThread(3)
                .check(MemoryStoreLincheckTest.class);
    }

    private boolean decide(List<Demand> demands) {
        return store.decide(new io.ratelimit.store.Operation.Acquire(demands, List.of()))
                .allowed();
    }

    private static Demand demand(int counter) {
        Limit limit = Limit.parse("3/1h", ALGORITHMS.get(counter));
        return Demand.of(new Key("owner-" + counter, "rule:" + limit.counterName()), limit, 1);
    }
}
