package io.ratelimit.store;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** A store of several others, each of which has the counters of some owners: what a cluster is, without the network. */
public final class ShardedStore implements LimitStore {
    private final List<LimitStore> shards;
    private final PiecewiseExecutor pieces =
            new PiecewiseExecutor(operation -> shard(operation.keys().get(0)).execute(operation), this::shardOf);

    public ShardedStore(List<? extends LimitStore> shards) {
        this.shards = List.copyOf(shards);
    }

    private LimitStore shard(Key key) {
        return shards.get(Integer.parseInt(shardOf(key)));
    }

    @Override
    public String shardOf(Key key) {
        return Integer.toString(Math.floorMod(key.owner().hashCode(), shards.size()));
    }

    /** Returns an owner whose counters are in that shard. */
    public String ownerIn(int shard) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "owner" + i)
                .filter(owner -> shardOf(new Key(owner, "")).equals(Integer.toString(shard)))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return pieces.executeAll(operations);
    }

    @Override
    public void close() {
        shards.forEach(LimitStore::close);
    }
}
