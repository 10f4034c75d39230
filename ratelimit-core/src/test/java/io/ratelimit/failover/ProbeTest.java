package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Key;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose keys a shard is tried with. */
class ProbeTest {
    private final SwitchedStore store = new SwitchedStore(MemoryStore.of(Ticker.system(), 100, new Source("backend")));
    private final Probe probe = new Probe(store);

    @Test
    void triesByTurnsTheOwnerWhoWasLostAndNobody() {
        probe.remember(new Key("lost", "rule:fw1s"));
        String shard = store.shardOf(new Key("lost", "rule:fw1s"));

        for (int i = 0; i < 4; i++) {
            assertThat(probe.ask(shard)).isPresent();
        }

        List<String> owners = store.asked.stream()
                .map(call -> call.get(0).keys().get(0).owner())
                .toList();
        assertThat(owners).hasSize(4);
        assertThat(List.of(owners.get(0), owners.get(2))).containsOnly("lost");
        assertThat(List.of(owners.get(1), owners.get(3))).doesNotContain("lost");
    }
}
