package io.ratelimit.redis.testing.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.redis.testing.load.Entry.Outcome;
import org.junit.jupiter.api.Test;

class OutageBoundTest {
    private final OutageBound bound = new OutageBound(10, 2, 5);

    /** So many requests of one key and window, of which every second one is denied. */
    private static Ledger admitted(String key, long window, int times) {
        Ledger ledger = new Ledger();
        for (int i = 0; i < times; i++) {
            ledger.add(new Entry(key, window, Outcome.ADMITTED, 200, "redis", i, 1));
            ledger.add(new Entry(key, window, Outcome.DENIED, 429, "redis", i, 1));
        }
        return ledger;
    }

    @Test
    void findsOneAdmissionBeyondTheLimit() {
        assertThat(bound.exceededWithoutOutage(admitted("a", 1, 10))).isEmpty();
        assertThat(bound.exceededWithoutOutage(admitted("a", 1, 11))).hasSize(1);
    }

    @Test
    void addsWhatRemainedAtTheOnsetToTheShares() {
        Ledger before = admitted("a", 1, 7);
        assertThat(bound.exceeded(before, admitted("a", 1, 13))).isEmpty();
        assertThat(bound.exceeded(before, admitted("a", 1, 14))).hasSize(1);
    }

    @Test
    void countsEachWindowAndKeyApart() {
        Ledger before = admitted("a", 1, 10);
        assertThat(bound.exceeded(before, admitted("a", 2, 20))).isEmpty();
        assertThat(bound.exceeded(before, admitted("b", 1, 20))).isEmpty();
        assertThat(bound.exceeded(before, admitted("a", 1, 11))).hasSize(1);
    }
}
