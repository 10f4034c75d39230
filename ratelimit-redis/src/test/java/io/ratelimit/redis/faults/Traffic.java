package io.ratelimit.redis.faults;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Requests of some keys by turns, all held to one limit in fixed windows, whose counts are the easiest to check. */
record Traffic(List<Demand> demands) {
    static Traffic of(int keys, String limit) {
        Limit parsed = Limit.parse(limit, Algorithm.FIXED_WINDOW);
        return new Traffic(IntStream.range(0, keys)
                .mapToObj(i ->
                        Demand.of(new Key(UUID.randomUUID().toString(), "fault:" + parsed.counterName()), parsed, 1))
                .toList());
    }

    /** Keys that are never denied. */
    static Traffic unlimited(int keys) {
        return of(keys, "1000000/30d");
    }

    Demand demand(long number) {
        return demands.get((int) (number % demands.size()));
    }

    long limit() {
        return demands.get(0).limit().capacity();
    }
}
