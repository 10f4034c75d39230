package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends LimitStoreContract {
    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);

    @Override
    protected LimitStore newStore(Ticker storeTicker) {
        return MemoryStore.of(storeTicker, MemoryStore.DEFAULT_MAX_KEYS, Source.MEMORY);
    }

    @Test
    void staysWithinItsBoundUnderAMillionIdentities() {
        MemoryStore store = MemoryStore.of(ticker, 1_000, Source.MEMORY);
        for (int i = 0; i < 1_000_000; i++) {
            store.decide(Operation.Acquire.of(login("identity-" + i)));
        }
        assertThat(store.size()).isBetween(500L, 1_000L);
    }

    @Test
    void keepsAUsedUpCounterWhenAFloodOfNewcomersFillsIt() {
        MemoryStore store = MemoryStore.of(ticker, 1_000, Source.MEMORY);
        store.decide(Operation.Acquire.of(login("blocked").withCost(5)));
        for (int i = 0; i < 100_000; i++) {
            store.decide(Operation.Acquire.of(login("identity-" + i)));
        }
        assertThat(store.decide(Operation.Acquire.of(login("blocked"))).allowed())
                .isFalse();
    }

    @Test
    void letsNewcomersShareACounterWhenEveryOtherIsUsedUp() {
        MemoryStore store = MemoryStore.of(ticker, 10, Source.MEMORY);
        int admitted = 0;
        for (int i = 0; i < 1_000; i++) {
            boolean allowed = store.decide(
                            Operation.Acquire.of(login("identity-" + i).withCost(5)))
                    .allowed();
            admitted += allowed ? 1 : 0;
        }
        assertThat(admitted).as("ten of their own and a shared one").isEqualTo(11);
        assertThat(store.size()).isEqualTo(10);
    }

    @Test
    void keepsACounterThatDeniedThoughSomeOfItIsLeft() {
        MemoryStore store = MemoryStore.of(ticker, 100, Source.MEMORY);
        for (int i = 0; i < 30; i++) {
            store.decide(Operation.Acquire.of(login("blocked-" + i % 10).withCost(2)));
        }
        for (int i = 0; i < 10_000; i++) {
            store.decide(Operation.Acquire.of(login("identity-" + i).withCost(2)));
            store.decide(Operation.Acquire.of(login("identity-" + i).withCost(2)));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(store.decide(Operation.Acquire.of(login("blocked-" + i).withCost(2)))
                            .allowed())
                    .isFalse();
        }
    }

    @Test
    void sharesOneCounterAlsoWhereRoomIsFoundInBetween() {
        for (int withRoom = 0; withRoom < 100; withRoom++) {
            MemoryStore store = MemoryStore.of(ticker, 100, Source.MEMORY);
            for (int i = 0; i < 100; i++) {
                store.decide(Operation.Acquire.of(login("early-" + i).withCost(i == withRoom ? 1 : 5)));
            }
            int admitted = 0;
            for (int i = 0; i < 1_000; i++) {
                boolean allowed = store.decide(
                                Operation.Acquire.of(login("late-" + i).withCost(5)))
                        .allowed();
                admitted += allowed ? 1 : 0;
            }
            assertThat(admitted)
                    .as("one in the room of number %d, and the shared one", withRoom)
                    .isEqualTo(2);
        }
    }

    @Test
    void doesNotForgetTheSharedCounterWhenTheOtherOneOfAnOperationTakesTheRoom() {
        MemoryStore store = MemoryStore.of(ticker, 10, Source.MEMORY);
        Decision last = store.decide(Operation.Acquire.of(login("early-0").withCost(5)));
        for (int i = 1; i < 10; i++) {
            last = store.decide(Operation.Acquire.of(login("early-" + i).withCost(5)));
        }
        store.decide(Operation.Acquire.of(search("first").withCost(5)));
        store.decide(new Operation.Refund(last.grants()));

        store.decide(Operation.Acquire.of(login("second"), search("second")));

        assertThat(store.decide(Operation.Acquire.of(login("early-0"))).allowed())
                .as("used up before")
                .isFalse();
        assertThat(store.decide(Operation.Acquire.of(login("third").withCost(5), search("third")))
                        .allowed())
                .as("the shared counter of searches is used up")
                .isFalse();
    }

    @Test
    void findsRoomAgainWhenThoseThatWereUsedUpAreAsGoodAsNew() {
        MemoryStore store = MemoryStore.of(ticker, 100, Source.MEMORY);
        for (int i = 0; i < 1_000; i++) {
            store.decide(Operation.Acquire.of(login("early-" + i).withCost(i % 3 == 0 ? 1 : 5)));
        }
        ticker.advance(Duration.ofMinutes(10));

        for (int i = 0; i < 200; i++) {
            assertThat(store.decide(Operation.Acquire.of(login("late-" + i))).allowed())
                    .as("newcomer %d", i)
                    .isTrue();
        }
    }

    @Test
    void takesAllOrNoneAlsoWhereOneTakesTheLastRoom() {
        for (int seed = 0; seed < 200; seed++) {
            MemoryStore store = MemoryStore.of(ticker, 10, Source.MEMORY);
            for (int i = 0; i < 9; i++) {
                store.decide(Operation.Acquire.of(login(seed + "-spent-" + i).withCost(5)));
            }
            store.decide(Operation.Acquire.of(login(seed + "-left")));
            Demand one = login(seed + "-one");
            Demand other = login(seed + "-other");

            Decision decision = store.decide(Operation.Acquire.of(one, other));

            assertThat(decision.limits()).extracting(limit -> limit.allowed()).containsOnly(decision.allowed());
        }
    }

    @Test
    void dropsCountersThatAreAsGoodAsNewWhenOthersCome() {
        MemoryStore store = MemoryStore.of(ticker, 100_000, Source.MEMORY);
        for (int i = 0; i < 10_000; i++) {
            store.decide(Operation.Acquire.of(login("early-" + i)));
        }
        ticker.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 10_000; i++) {
            store.decide(Operation.Acquire.of(login("late-" + i)));
        }
        assertThat(store.size()).isLessThan(12_000);
    }

    @Test
    void takesNoRoomForRequestsThatAreDeniedOrOnlyLookedAt() {
        MemoryStore store = MemoryStore.of(ticker, 100, Source.MEMORY);
        store.decide(Operation.Peek.of(login("looked-at")));
        store.decide(Operation.Acquire.of(login("denied").withCost(6)));
        assertThat(store.size()).isZero();
    }

    @Test
    void refusesABoundBelowOne() {
        assertThatThrownBy(() -> MemoryStore.withMaxKeys(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-keys: 0 (expected: a whole number from 1");
    }

    private static Demand search(String owner) {
        return Demand.of(new Key(owner, "search:fw1m"), Limit.parse("5/1m", Algorithm.FIXED_WINDOW), 1);
    }

    private static Demand login(String owner) {
        return Demand.of(new Key(owner, "login:fw1m"), Limit.parse("5/1m", Algorithm.FIXED_WINDOW), 1);
    }
}
