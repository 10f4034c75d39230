package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody takes all the places of held requests. */
class HeldSharesTest {
    private static Key key(String owner, String rule) {
        return new Key(owner, rule + ":lb1h");
    }

    private static int taken(HeldShares shares, String owner, String rule, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += shares.take(key(owner, rule)) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void threeOwnersLeaveRoomForAStranger() {
        HeldShares shares = new HeldShares(24);

        assertThat(taken(shares, "a", "one", 8) + taken(shares, "b", "one", 8) + taken(shares, "c", "one", 8))
                .isLessThan(18);
        assertThat(shares.take(key("stranger", "one"))).isTrue();
        assertThat(shares.take(key("stranger", "two"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10, 24, 1_000, 1_001})
    void anOwnerHasHalfOfARulesPlacesAtMost(int most) {
        assertThat(taken(new HeldShares(most), "a", "one", 2 * most)).isBetween(most * 3 / 8, most * 3 / 8 + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10, 24, 1_000, 1_001})
    void aRuleHasThreeQuartersAtMost(int most) {
        HeldShares shares = new HeldShares(most);
        int taken = 0;
        for (int owner = 0; owner < most; owner++) {
            taken += taken(shares, "owner-" + owner, "one", most);
        }
        assertThat(taken).isEqualTo(most - most / 4);
        assertThat(shares.take(key("stranger", "two"))).isTrue();
    }

    @Test
    void anOwnersRequestsOfAllRulesCountTogether() {
        HeldShares shares = new HeldShares(24);

        assertThat(taken(shares, "a", "one", 24) + taken(shares, "a", "two", 24))
                .isLessThanOrEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void thereIsAPlaceInASmallPool(int most) {
        HeldShares shares = new HeldShares(most);

        assertThat(shares.take(key("a", "one"))).isTrue();
        shares.giveBack(key("a", "one"));
        assertThat(shares.take(key("b", "one"))).isTrue();
    }

    @Test
    void thereIsNoneWhereNobodyMayWait() {
        assertThat(new HeldShares(0).take(key("a", "one"))).isFalse();
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        HeldShares shares = new HeldShares(24);
        int taken = taken(shares, "a", "one", 24);
        for (int i = 0; i < taken; i++) {
            shares.giveBack(key("a", "one"));
        }

        assertThat(taken(shares, "b", "one", 24)).isEqualTo(taken);
    }

    @Test
    void aRuleWhoseRequestsAllHaveOneOwnerHasItsWholePart() {
        assertThat(taken(new HeldShares(1_000), "", "one", 2_000)).isEqualTo(750);
    }

    @Test
    void theCountersOfARuleHaveOnePartTogether() {
        HeldShares shares = new HeldShares(24);
        int taken = 0;
        for (int i = 0; i < 48; i++) {
            taken += shares.take(new Key("owner-" + i, i % 2 == 0 ? "one:lb1m" : "one:lb1h")) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(18);
        assertThat(shares.take(key("stranger", "two"))).isTrue();
    }
}
