package io.ratelimit.redis.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A cluster of real servers on the loopback interface: masters with an equal part of the slots each, and a replica for each
 * master. Slots whose master is gone do not keep the others from being served. Not safe for several threads, except as said.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String[] OPTIONS = {
        "--cluster-enabled", "yes",
        "--cluster-config-file", "nodes.conf",
        "--cluster-node-timeout", "1000",
        "--cluster-require-full-coverage", "no",
        "--cluster-replica-validity-factor", "0",
        "--repl-diskless-sync", "yes",
        "--repl-diskless-sync-delay", "0"
    };

    private final int masters;
    private final List<RedisProcess> nodes = new ArrayList<>();
    private final RedisClient client = RedisClient.create();
    private final Map<Integer, RedisCommands<String, String>> commands = new ConcurrentHashMap<>();

    private RedisCluster(int masters, int replicasEach) {
        this.masters = masters;
        for (int i = 0; i < masters * (1 + replicasEach); i++) {
            nodes.add(RedisProcess.start(OPTIONS));
        }
    }

    /** Starts so many masters, without replicas. */
    public static RedisCluster ofMasters(int masters) {
        return started(new RedisCluster(masters, 0));
    }

    /** Starts so many masters, with a replica for each. */
    public static RedisCluster withReplicas(int masters) {
        return started(new RedisCluster(masters, 1));
    }

    private static RedisCluster started(RedisCluster cluster) {
        try {
            cluster.meet();
            return cluster;
        } catch (RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    private void meet() {
        for (int i = 0; i < nodes.size(); i++) {
            commands(i).clusterSetConfigEpoch(i + 1L);
        }
        for (int i = 0; i < masters; i++) {
            commands(i).clusterAddSlots(slotsOf(i));
        }
        for (int i = 1; i < nodes.size(); i++) {
            commands(0).clusterMeet(nodes.get(i).host(), nodes.get(i).port());
        }
        awaitAll(i -> commands(i).clusterNodes().lines().count() == nodes.size());
        for (int i = masters; i < nodes.size(); i++) {
            commands(i).clusterReplicate(id(i % masters));
        }
        awaitAll(i -> i < masters || commands(i).info("replication").contains("master_link_status:up"));
        awaitAll(i -> commands(i).clusterInfo().contains("cluster_slots_assigned:" + SLOTS)
                && commands(i).clusterInfo().contains("cluster_state:ok")
                && commands(i)
                                .clusterNodes()
                                .lines()
                                .filter(line -> line.contains("slave"))
                                .count()
                        == nodes.size() - masters);
    }

    private int[] slotsOf(int master) {
        return IntStream.range(SLOTS * master / masters, SLOTS * (master + 1) / masters)
                .toArray();
    }

    private void awaitAll(IntPredicate condition) {
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> IntStream.range(0, nodes.size()).allMatch(condition));
    }

    /** Returns the addresses of the nodes that were masters at the start. */
    public List<RedisURI> uris() {
        return nodes.subList(0, masters).stream().map(RedisProcess::uri).toList();
    }

    /** Returns a node: the masters first, then the replica of the first, of the second, and so on. */
    public RedisProcess node(int index) {
        return nodes.get(index);
    }

    /** Returns a connection to a node. Safe for any number of threads. */
    public RedisCommands<String, String> commands(int index) {
        return commands.computeIfAbsent(
                index, i -> client.connect(nodes.get(i).uri()).sync());
    }

    /** Returns the node that had the slot at the start. */
    public int masterOf(int slot) {
        return IntStream.range(0, masters)
                .filter(master -> slot < SLOTS * (master + 1) / masters)
                .findFirst()
                .orElseThrow();
    }

    /** Returns the id by which other nodes know a node. */
    public String id(int index) {
        return commands(index).clusterMyId();
    }

    /** Begins to move a slot: what is not found at its old place is asked of the new one. Safe for any number of threads. */
    public void beginMove(int slot, int from, int to) {
        commands(to).clusterSetSlotImporting(slot, id(from));
        commands(from).clusterSetSlotMigrating(slot, id(to));
    }

    /** Moves the keys of a slot that is being moved. Safe for any number of threads. */
    public void moveKeys(int slot, int from, int to) {
        List<String> keys = commands(from).clusterGetKeysInSlot(slot, 100);
        while (!keys.isEmpty()) {
            commands(from)
                    .migrate(
                            nodes.get(to).host(),
                            nodes.get(to).port(),
                            0,
                            LONGEST.toMillis(),
                            MigrateArgs.Builder.keys(keys));
            keys = commands(from).clusterGetKeysInSlot(slot, 100);
        }
    }

    /** Ends the move of a slot. Safe for any number of threads. */
    public void endMove(int slot, int from, int to) {
        commands(to).clusterSetSlotNode(slot, id(to));
        commands(from).clusterSetSlotNode(slot, id(to));
    }

    /** Moves a slot with its keys. Safe for any number of threads. */
    public void move(int slot, int from, int to) {
        beginMove(slot, from, to);
        moveKeys(slot, from, to);
        endMove(slot, from, to);
    }

    /**
     * Waits until all nodes agree who has which slot. Moves to one node may follow each other at once; a move to another has
     * to wait for this, because two nodes that claim slots at a time may claim each other's.
     */
    public void awaitAgreement() {
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> IntStream.range(0, masters)
                                .mapToObj(node -> slotsAsSeenBy(node))
                                .distinct()
                                .count()
                        == 1);
    }

    private String slotsAsSeenBy(int node) {
        return commands(node)
                .clusterNodes()
                .lines()
                .map(line -> line.replace("myself,", "").split(" "))
                .map(parts -> parts[0] + " " + parts[6] + " "
                        + String.join(" ", List.of(parts).subList(8, parts.length)))
                .sorted()
                .toList()
                .toString();
    }

    @Override
    public void close() {
        client.shutdown();
        nodes.forEach(RedisProcess::close);
    }
}
