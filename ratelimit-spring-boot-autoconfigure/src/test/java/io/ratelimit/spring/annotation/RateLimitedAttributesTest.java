package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimitedAttributesTest {
    private final LimitedApplication application = new LimitedApplication()
            .rules(Rule.named("login").limits(Limit.parse("1/1m")).build())
            .property("quota", "2/1m")
            .property("permits", "3")
            .property("window", "1h");

    static class Quotes {
        @RateLimited(limit = 2, window = "1m")
        public String byNumbers() {
            return "quote";
        }

        @RateLimited("2/1m burst 3")
        public String byText() {
            return "quote";
        }

        @RateLimited("${quota}")
        public String byPlaceholder() {
            return "quote";
        }

        @RateLimited("${absent:4/1m}")
        public String byDefaultOfPlaceholder() {
            return "quote";
        }

        @RateLimited(value = "${permits}", window = "${window}")
        public String byTwoPlaceholders() {
            return "quote";
        }

        @RateLimited(
                limit = 2,
                window = "1s",
                burst = 4,
                name = "all-of-it",
                key = "global",
                algorithm = Algorithm.LEAKY_BUCKET,
                onFailure = FailurePolicy.DENY)
        public String byEverything() {
            return "quote";
        }

        @RateLimited(name = "login")
        public String byName() {
            return "quote";
        }

        @RateLimited(value = "10/1m", cost = "6")
        public String expensive() {
            return "quote";
        }

        @RateLimited(value = "10/1m", cost = "#items.size() * 2")
        public String asExpensiveAs(List<String> items) {
            return "quote";
        }

        @RateLimited(value = "1/1m", key = "#phone")
        public String forPhone(String phone) {
            return "quote";
        }

        @RateLimited(value = "1/1m", key = "#a1.id()")
        public String forOrder(String ignored, Order order) {
            return "quote";
        }

        @RateLimited(value = "1/1m", key = "#value")
        public String forAnything(Object value) {
            return "quote";
        }
    }

    record Order(String id) {
        public String failing() {
            throw new IllegalStateException("no");
        }
    }

    @AfterEach
    void close() {
        application.close();
    }

    private Quotes quotes() {
        return application.start(Quotes.class).bean(Quotes.class);
    }

    private static void assertAdmits(int calls, Supplier<String> call) {
        for (int i = 0; i < calls; i++) {
            assertThat(call.get()).isEqualTo("quote");
        }
        assertDenies(call);
    }

    private static void assertDenies(Supplier<String> call) {
        assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(call::get);
    }

    @Test
    void admitsAsManyAsLimitAndWindowSay() {
        Quotes quotes = quotes();

        assertAdmits(2, quotes::byNumbers);
        application.ticker.advance(Duration.ofSeconds(30));

        assertAdmits(1, quotes::byNumbers);
    }

    @Test
    void tellsTheDenialsDecision() {
        Quotes quotes = quotes();
        assertAdmits(2, quotes::byNumbers);

        assertThatExceptionOfType(RateLimitExceededException.class)
                .isThrownBy(quotes::byNumbers)
                .satisfies(denial -> assertThat(denial.decision().retryAfter()).contains(Duration.ofSeconds(30)));
    }

    @Test
    void readsALimitFromItsTextForm() {
        assertAdmits(3, quotes()::byText);
    }

    @Test
    void replacesPlaceholdersByProperties() {
        assertAdmits(2, quotes()::byPlaceholder);
    }

    @Test
    void replacesPlaceholdersByTheirDefaults() {
        assertAdmits(4, quotes()::byDefaultOfPlaceholder);
    }

    @Test
    void replacesPlaceholdersInPermitsAndWindowApart() {
        assertAdmits(3, quotes()::byTwoPlaceholders);

        assertThat(application.lastRule().limits()).extracting(RuleLimit::limit).containsExactly(Limit.parse("3/1h"));
    }

    @Test
    void passesEveryAttributeOn() {
        quotes().byEverything();

        Rule rule = application.lastRule();
        assertThat(rule.id()).isEqualTo("all-of-it");
        assertThat(rule.key().text()).isEqualTo("global");
        assertThat(rule.onFailure()).isEqualTo(FailurePolicy.DENY);
        assertThat(rule.limits())
                .extracting(RuleLimit::limit)
                .containsExactly(Limit.parse("2/1s burst 4", Algorithm.LEAKY_BUCKET));
    }

    @Test
    void pointsAtARuleOfTheConfigurationByItsName() {
        assertAdmits(1, quotes()::byName);

        assertThat(application.support().namedRules()).containsExactly("login");
    }

    @Test
    void takesAsManyPermitsAsACallCosts() {
        assertAdmits(1, quotes()::expensive);
    }

    @Test
    void readsTheCostFromTheArguments() {
        Quotes quotes = quotes();

        assertDenies(() -> quotes.asExpensiveAs(List.of("a", "b", "c", "d", "e", "f")));
        assertThat(quotes.asExpensiveAs(List.of("a", "b", "c", "d"))).isEqualTo("quote");
        assertAdmits(1, () -> quotes.asExpensiveAs(List.of("a")));
    }

    @Test
    void chargesOneAndReportsItWhereTheCostIsNoPositiveNumber() {
        Quotes quotes = quotes();

        assertAdmits(10, () -> quotes.asExpensiveAs(List.of()));

        assertThat(application.errors).hasSize(11).containsOnly("cost");
    }

    @Test
    void chargesOneAndReportsItWhereTheCostFails() {
        Quotes quotes = quotes();

        assertAdmits(10, () -> quotes.asExpensiveAs(null));

        assertThat(application.errors).hasSize(11).containsOnly("cost");
    }

    @Test
    void countsByAnArgument() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forPhone("1"));
        assertAdmits(1, () -> quotes.forPhone("2"));
        assertDenies(() -> quotes.forPhone("1"));
    }

    @Test
    void countsByWhatAMethodOfAnArgumentSays() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forOrder("a", new Order("1")));
        assertAdmits(1, () -> quotes.forOrder("a", new Order("2")));
    }

    @Test
    void countsTogetherAndReportsWhateverHasNoKey() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forAnything(null));
        assertDenies(() -> quotes.forAnything(" "));
        assertDenies(() -> quotes.forAnything(new Object()));
        assertDenies(() -> quotes.forAnything(new int[] {1}));
        assertDenies(() -> quotes.forAnything(Optional.empty()));
        assertDenies(() -> quotes.forAnything(List.of("seven")));
        assertDenies(() -> quotes.forAnything(new Order("7")));

        assertThat(application.errors).hasSize(8).containsOnly("key");
    }

    @Test
    void countsTogetherAndReportsWhereTheKeyFails() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forOrder("a", null));

        assertThat(application.errors).hasSize(2).containsOnly("key");
    }

    @Test
    void countsEveryTextFormOnItsOwn() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forAnything(7L));
        assertAdmits(1, () -> quotes.forAnything(Optional.of("seven")));
        assertAdmits(1, () -> quotes.forAnything(UUID.fromString("00000000-0000-0000-0000-000000000007")));
        assertAdmits(1, () -> quotes.forAnything(Algorithm.TOKEN_BUCKET));
    }

    @Test
    void doesNotEvaluateWhatAnArgumentSays() {
        Quotes quotes = quotes();

        assertAdmits(1, () -> quotes.forPhone("T(java.lang.Runtime).getRuntime()"));
        assertAdmits(1, () -> quotes.forPhone("#phone"));
        assertThat(application.errors).isEmpty();
    }

    @Test
    void deniesNothingInShadow() {
        application.mode(Mode.SHADOW);
        Quotes quotes = quotes();

        for (int i = 0; i < 5; i++) {
            quotes.byNumbers();
        }

        assertThat(application.decisions).hasSize(5);
        assertThat(application.decisions.get(4).decision().shadowAllowed()).isFalse();
    }

    @Test
    void asksNothingWhenItIsOff() {
        application.mode(Mode.OFF);
        Quotes quotes = quotes();

        for (int i = 0; i < 5; i++) {
            quotes.byNumbers();
        }

        assertThat(application.decisions).isEmpty();
    }

    @Test
    void letsTheFailurePolicyDecideWhenTheStoreCannot() {
        application.store(new BrokenStore());
        Quotes quotes = quotes();

        for (int i = 0; i < 5; i++) {
            quotes.byNumbers();
        }
        assertThatExceptionOfType(RateLimitExceededException.class)
                .isThrownBy(quotes::byEverything)
                .satisfies(denial -> assertThat(denial.decision().source()).isEqualTo(Source.FAILURE_POLICY));
        assertThat(application.errors).hasSize(6).containsOnly("decision");
    }

    private static final class BrokenStore implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return CompletableFuture.failedFuture(new StoreException(StoreException.Kind.OTHER, "broken", null));
        }

        @Override
        public void close() {}
    }

    @Test
    void leavesTheCostOfAConfiguredRuleToTheConfiguration() {
        application.rules(Rule.named("login")
                .limits(Limit.parse("4/1m"))
                .cost(new RuleCost(2, null))
                .build());

        assertAdmits(2, quotes()::byName);
    }
}
