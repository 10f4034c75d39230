package io.ratelimit.spring.actuate;

import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All rules in force: those of the configuration, the default, and those of annotations. */
public final class RuleOverview {
    private final String backend;
    private final Mode mode;
    private final RulesInForce rules;
    private final Supplier<List<Rule>> annotated;

    /**
     * Creates the view.
     *
     * @param backend the name of the backend
     * @param mode the mode of everything
     * @param rules the rules in force
     * @param annotated the rules of annotations; asked each time, because they become known at the start
     */
    public RuleOverview(String backend, Mode mode, RulesInForce rules, Supplier<List<Rule>> annotated) {
        this.backend = backend;
        this.mode = mode;
        this.rules = rules;
        this.annotated = annotated;
    }

    /**
     * Everything in words of the configuration.
     *
     * @param backend where counters live
     * @param mode the mode of everything
     * @param defaultTier the tier of a requester without one; {@code null}: none
     * @param rules the rules of the configuration, in its order
     * @param defaultRule what applies where no rule matches; {@code null}: nothing
     * @param annotations the rules of annotations
     */
    public record Overview(
            String backend,
            String mode,
            @Nullable String defaultTier,
            List<RuleDescription> rules,
            @Nullable RuleDescription defaultRule,
            List<RuleDescription> annotations) {}

    Overview overview() {
        RuleSet current = rules.rules();
        return new Overview(
                backend,
                mode.id(),
                current.defaultTier().orElse(null),
                current.rules().stream().map(RuleDescription::of).toList(),
                current.defaultRule().map(RuleDescription::of).orElse(null),
                annotated.get().stream()
                        .map(RuleDescription::of)
                        .sorted((one, other) -> one.id().compareTo(other.id()))
                        .toList());
    }

    Optional<Rule> find(String id) {
        return rules.rules()
                .find(id)
                .or(() -> annotated.get().stream()
                        .filter(rule -> rule.id().equals(id))
                        .findFirst());
    }

    @Nullable
    String defaultTier() {
        return rules.rules().defaultTier().orElse(null);
    }

    Stream<String> ids() {
        return Stream.concat(
                rules.rules().all().stream().map(Rule::id),
                annotated.get().stream().map(Rule::id));
    }
}
