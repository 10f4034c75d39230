package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DebtsTest {
    private static final int MAX_KEYS = 1_000;

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final Debts debts = new Debts(MAX_KEYS, ticker);

    @Test
    void keepsTheDebtsOfAllKeysApartUpToTheLastThatThereIsRoomFor() {
        for (int i = 0; i < MAX_KEYS / 2; i++) {
            note(demand("used-up-" + i, 5));
        }
        for (int i = 0; i < MAX_KEYS / 2; i++) {
            note(demand("other-" + i, 1));
        }

        List<Demand> owed = debts.take(IntStream.range(0, MAX_KEYS / 2)
                .mapToObj(i -> demand("other-" + i, 1).key())
                .toList());

        assertThat(owed).hasSize(MAX_KEYS / 2).extracting(Demand::cost).containsOnly(1L);
    }

    @Test
    void notesANewcomerThatTakesLittleAtATimeWhereOthersHaveMoreLeft() {
        for (int i = 0; i < MAX_KEYS; i++) {
            note(demand("early-" + i, 2));
        }
        Demand newcomer = demand("newcomer", 1);
        for (int i = 0; i < 5; i++) {
            note(newcomer);
        }

        assertThat(debts.take(List.of(newcomer.key()))).extracting(Demand::cost).containsExactly(5L);
    }

    @Test
    void keepsNoMoreThanThereIsRoomForAndNeverLosesWhatIsUsedUp() {
        for (int i = 0; i < MAX_KEYS; i++) {
            note(demand("used-up-" + i, 5));
        }
        for (int i = 0; i < 10 * MAX_KEYS; i++) {
            note(demand("newcomer-" + i, 5));
        }

        assertThat(debts.next(MAX_KEYS + 1, Integer.MAX_VALUE, key -> true))
                .hasSize(MAX_KEYS)
                .doesNotHaveDuplicates()
                .allMatch(key -> key.owner().startsWith("used-up"));
    }

    @Test
    void findsTheFewAlsoWhereItHadBegunToLookWhenThereWereFewer() {
        for (int looked = 1; looked <= 50; looked++) {
            Debts growing = new Debts(10_000, ticker);
            for (int i = 0; i < 100; i++) {
                note(growing, demand("early-" + i, 1));
            }
            assertThat(growing.next(looked, looked, key -> true)).hasSize(looked);
            for (int i = 0; i < 2_000; i++) {
                note(growing, demand("later-" + i, 1));
            }
            for (int i = 0; i < 5; i++) {
                note(growing, demand("chargeable-" + i, 1));
            }

            assertThat(growing.next(100, Integer.MAX_VALUE, key -> key.owner().startsWith("chargeable")))
                    .as("after a look at %d", looked)
                    .hasSize(5);
        }
    }

    private void note(Demand demand) {
        note(debts, demand);
    }

    private void note(Debts to, Demand demand) {
        long now = demand.limit().tickUnit().fromMicros(ticker.epochMicros());
        to.note(new Grant(demand, now, Source.FALLBACK));
    }

    private static Demand demand(String owner, long cost) {
        return Demand.of(new Key(owner, "rule:fw1m"), Limit.parse("5/1m", Algorithm.FIXED_WINDOW), cost);
    }
}
