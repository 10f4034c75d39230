package io.ratelimit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.actuate.TopIdentities.Frequent;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopIdentitiesTest {
    private final TopIdentities top = new TopIdentities();
    private final RuleLimiter limiter = new RuleLimiter(MemoryStore.withMaxKeys(100_000), List.of(top));
    private final Rule rule = Rule.named("a").limits(Limit.parse("2/1h")).build();

    private void ask(String identity, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(limiter.acquire(List.of(new RuleDemand(rule, identity, rule.limits(), 1, Mode.ENFORCE)))
                            .toCompletableFuture())
                    .isCompleted();
        }
    }

    @Test
    void putsTheMostFrequentFirst() {
        ask("seldom", 1);
        ask("often", 5);
        ask("sometimes", 3);
        assertThat(top.top().requests())
                .containsExactly(
                        new Frequent("a", "often", 5),
                        new Frequent("a", "sometimes", 3),
                        new Frequent("a", "seldom", 1));
        assertThat(top.top().denials())
                .containsExactly(new Frequent("a", "often", 3), new Frequent("a", "sometimes", 1));
    }

    @Test
    void findsTheFrequentOneAmongAHundredThousandOthersInBoundedMemory() {
        for (int i = 0; i < 50_000; i++) {
            ask("passer-by-" + i, 1);
            if (i % 20 == 0) {
                ask("often", 1);
            }
        }
        assertThat(top.top().requests())
                .hasSize(20)
                .first()
                .extracting(Frequent::identity)
                .isEqualTo("often");
    }
}
