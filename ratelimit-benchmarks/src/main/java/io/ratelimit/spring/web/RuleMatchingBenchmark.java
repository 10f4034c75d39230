package io.ratelimit.spring.web;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.http.server.PathContainer;

/** What it costs to find the rules of a path, by the number of rules for other paths. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RuleMatchingBenchmark {
    @Param({"10", "100", "1000"})
    public int rules;

    private PathIndex index;
    private List<PathContainer> paths;

    @Setup
    public void prepare() {
        List<Rule> all = IntStream.range(0, rules)
                .mapToObj(i -> Rule.named("rule-" + i)
                        .paths("/service-" + i + "/items/{id}", "/service-" + i + "/**")
                        .limits(Limit.parse("100/1h"))
                        .build())
                .toList();
        index = new PathIndex(all, PathSensitivity.CASE_SENSITIVE);
        paths = List.of(PathContainer.parsePath("/service-7/items/42"));
    }

    @Benchmark
    public Object find() {
        return index.find(paths, rule -> true);
    }
}
