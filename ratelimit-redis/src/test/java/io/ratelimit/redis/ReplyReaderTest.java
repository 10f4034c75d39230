package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplyReaderTest {
    private final Demand enforced = TestStores.demand("5/1m", Algorithm.LEAKY_BUCKET);
    private final Demand watched = TestStores.demand("5/1h", Algorithm.FIXED_WINDOW);
    private final Operation both = new Operation.Acquire(List.of(enforced), List.of(watched));

    @Test
    void readsTheFiguresOfEachPartInOrder() {
        List<Decision> decisions = ReplyReader.decisions(
                List.of(both, Operation.Peek.of(watched)),
                new long[] {1, 4, 0, 12, 3, 1000, 0, 2, 40, 50, 0, 1000, 0, 1, -1, 60, 0, 1000});

        assertThat(decisions.get(0).limits().get(0).verdict()).isEqualTo(new Verdict(true, 4, 0, 12, 3, 1000));
        assertThat(decisions.get(0).shadow().get(0).verdict()).isEqualTo(new Verdict(false, 2, 40, 50, 0, 1000));
        assertThat(decisions.get(1).limits().get(0).verdict())
                .isEqualTo(new Verdict(false, 1, Verdict.NEVER, 60, 0, 1000));
    }

    @Test
    void expectsNoAnswerOfWatchedLimitsAfterADenial() {
        List<Decision> decisions = ReplyReader.decisions(List.of(both), new long[] {0, 0, 7, 12, 0, 1000});
        assertThat(decisions.get(0).allowed()).isFalse();
        assertThat(decisions.get(0).shadow()).isEmpty();
    }

    static Stream<long[]> nonsense() {
        return Stream.of(
                new long[] {},
                new long[] {1},
                new long[] {1, 4, 0, 12, 3},
                new long[] {1, 4, 0, 12, 3, 1000},
                new long[] {0, 0, 7, 12, 0, 1000, 1},
                new long[] {0, 0, 7, 12, 0, 1000, 1, 4, 0, 12, 3, 1000},
                new long[] {2, 0, 7, 12, 0, 1000},
                new long[] {0, -1, 7, 12, 0, 1000},
                new long[] {0, 0, -2, 12, 0, 1000},
                new long[] {0, 0, 7, -12, 0, 1000});
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void refusesAReplyThatIsNotOneToTheOperations(long[] reply) {
        assertThatThrownBy(() -> ReplyReader.decisions(List.of(both), reply))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.OTHER))
                .hasMessageContaining("that the script never gives");
    }
}
