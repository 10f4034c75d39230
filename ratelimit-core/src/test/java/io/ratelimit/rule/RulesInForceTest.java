package io.ratelimit.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Limit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesInForceTest {
    private final RuleSet first = rules("first");
    private final RuleSet second = rules("second");
    private final RulesInForce inForce = new RulesInForce(first);

    @Test
    void beginsWithVersionOne() {
        assertThat(inForce.snapshot()).isEqualTo(new RulesInForce.Snapshot(first, 1));
    }

    @Test
    void tellsWhoeverIsInterestedBeforeAndAfterAChange() {
        List<String> told = new ArrayList<>();
        inForce.onChange(rules -> {
            told.add("prepare while " + inForce.snapshot().version());
            return () -> told.add("use while " + inForce.snapshot().version());
        });

        assertThat(inForce.replace(second)).isEqualTo(2);

        assertThat(inForce.rules()).isSameAs(second);
        assertThat(told).containsExactly("prepare while 1", "use while 2");
    }

    @Test
    void keepsTheRulesBeforeIfAnybodyRefusesTheNewOnes() {
        List<String> used = new ArrayList<>();
        inForce.onChange(rules -> () -> used.add("used"));
        inForce.onChange(rules -> {
            throw new IllegalArgumentException("path: no");
        });

        assertThatThrownBy(() -> inForce.replace(second)).hasMessage("path: no");

        assertThat(inForce.snapshot()).isEqualTo(new RulesInForce.Snapshot(first, 1));
        assertThat(used).isEmpty();
    }

    private static RuleSet rules(String id) {
        return new RuleSet(List.of(Rule.named(id).limits(Limit.parse("1/1h")).build()), null, null);
    }
}
