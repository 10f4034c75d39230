package io.ratelimit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final long LARGEST = (1L << 50) / 1_000;

    @Test
    void showsTheDeniedLimitThatWaitsLongest() {
        Decision decision = decision(
                answer("10/1s", new Verdict(false, 0, 900_000, 900_000, 0, 0)),
                answer("10/1h", new Verdict(false, 3, 901, 5_000, 0, 0)),
                answer("1/1d", new Verdict(true, 0, 0, 86_400_000, 0, 0)));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.binding()).isSameAs(decision.limits().get(1));
        assertThat(decision.retryAfter()).contains(Duration.ofMillis(901));
        assertThat(decision.limit()).isEqualTo(10);
        assertThat(decision.remaining()).isEqualTo(3);
    }

    @Test
    void takesNeverForTheLongestWait() {
        Decision decision = decision(
                answer("10/366d", new Verdict(false, 0, 31_622_400, 31_622_400, 0, 0)),
                answer("1/1s", new Verdict(false, 1, Verdict.NEVER, 0, 0, 0)));

        assertThat(decision.binding()).isSameAs(decision.limits().get(1));
        assertThat(decision.retryAfter()).as("no waiting helps").isEmpty();
    }

    @Test
    void showsTheLimitWithTheLeastShareLeftComparedExactly() {
        // Both shares are 1 - 1e-12 and a little, equal as doubles.
        Decision decision = decision(
                answer(LARGEST + "/1ms", new Verdict(true, LARGEST - 1, 0, 1, 0, 0)),
                answer((LARGEST - 1) + "/1ms", new Verdict(true, LARGEST - 2, 0, 1, 0, 0)));

        assertThat(decision.binding()).isSameAs(decision.limits().get(1));
    }

    @Test
    void givesTiesToTheFirst() {
        Decision decision = decision(
                answer("10/1s", new Verdict(true, 5, 0, 1, 0, 0)), answer("2/1h", new Verdict(true, 1, 0, 1, 0, 0)));

        assertThat(decision.binding()).isSameAs(decision.limits().get(0));
    }

    @Test
    void waitsTheLongestOfAllDelaysUnlessItIsDenied() {
        LimitDecision slow = answer("1/1m", new Verdict(true, 9, 0, 1, 2_000_000, 0));
        LimitDecision slower = answer("1/1h", new Verdict(true, 9, 0, 1, 3_000, 0));
        LimitDecision denied = answer("1/1h", new Verdict(false, 0, 1, 1, 0, 0));

        assertThat(decision(slow, slower).delay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(decision(slow, denied).delay()).isZero();
    }

    @Test
    void tellsTheSecondOfTheResetRoundedUp() {
        Decision decision = decision(answer("10/1s", new Verdict(true, 5, 0, 250_000, 0, 1_700_000_000_750_001L)));

        assertThat(decision.binding().resetEpochSeconds()).isEqualTo(1_700_000_002L);
    }

    @Test
    void bindsOverBothPhasesOfARequest() {
        Decision early = decision(answer("10/1s", new Verdict(true, 1, 0, 1, 0, 0)));
        Decision late = decision(answer("10/1s", new Verdict(true, 5, 0, 1, 0, 0)));

        assertThat(early.followedBy(late).binding()).isSameAs(early.binding());
        assertThat(early.followedBy(late).grants()).hasSize(2);
    }

    @Test
    void grantsOnlyWhatWasCounted() {
        Verdict admitted = new Verdict(true, 5, 0, 1, 0, 0);
        LimitDecision counted = answer("10/1s", admitted);
        LimitDecision byPolicy = new LimitDecision(counted.demand(), admitted, Source.FAILURE_POLICY);
        LimitDecision unlimited = new LimitDecision(counted.demand(), admitted, Source.NONE);

        assertThat(decision(byPolicy, counted, unlimited).grants())
                .containsExactly(new Grant(counted.demand(), admitted.at(), Source.MEMORY));
    }

    @Test
    void isNothingWithoutAnAnswer() {
        assertThatThrownBy(() -> decision()).hasMessageContaining("expected: the answer of at least one limit");
    }

    private static Decision decision(LimitDecision... answers) {
        return Decision.of(List.of(answers), List.of());
    }

    private static LimitDecision answer(String limit, Verdict verdict) {
        return new LimitDecision(Demand.of(new Key("owner", "counter"), Limit.parse(limit), 1), verdict, Source.MEMORY);
    }
}
