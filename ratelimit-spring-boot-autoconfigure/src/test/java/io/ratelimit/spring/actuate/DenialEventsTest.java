package io.ratelimit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DenialEventsTest {
    private final List<RateLimitDeniedEvent> events = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final RuleLimiter limiter = new RuleLimiter(
            MemoryStore.withMaxKeys(1_000), List.of(new DenialEvents(events::add, Runnable::run, nanos::get)));

    private void ask(String rule, Mode mode, int times) {
        Rule asked = Rule.named(rule).limits(Limit.parse("1/1h")).build();
        for (int i = 0; i < times; i++) {
            assertThat(limiter.acquire(List.of(new RuleDemand(asked, "digest", asked.limits(), 1, mode)))
                            .toCompletableFuture())
                    .isCompleted();
        }
    }

    @Test
    void tellsOfTheFirstDenialAtOnce() {
        ask("a", Mode.ENFORCE, 2);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.rule()).isEqualTo("a");
            assertThat(event.identity()).isEqualTo("digest");
            assertThat(event.limit()).isEqualTo(Limit.parse("1/1h"));
            assertThat(event.denials()).isEqualTo(1);
            assertThat(event.retryAfter()).isPresent();
        });
    }

    @Test
    void tellsOfTheOthersOnceASecondForEachRule() {
        ask("a", Mode.ENFORCE, 6);
        ask("b", Mode.ENFORCE, 2);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        ask("a", Mode.ENFORCE, 1);
        assertThat(events).extracting(RateLimitDeniedEvent::rule).containsExactly("a", "b", "a");
        assertThat(events).extracting(RateLimitDeniedEvent::denials).containsExactly(1L, 1L, 5L);
    }

    @Test
    void saysNothingOfWhatIsOnlyWatched() {
        ask("a", Mode.SHADOW, 3);
        assertThat(events).isEmpty();
    }
}
