package io.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateLimiterRegistryTest {
    private static final Limit LIMIT = Limit.parse("2/1h");

    private final Rule byUser =
            Rule.named("sms").key(RuleKey.parse("user")).limits(LIMIT).build();
    private final Rule byAddress =
            Rule.named("visit").key(RuleKey.parse("ip")).limits(LIMIT).build();
    private final Rule tiered = Rule.named("api")
            .limits(LIMIT)
            .tier("free", Limit.parse("1/1h"))
            .tier("vip")
            .build();
    private final Rule watched =
            Rule.named("watched").limits(LIMIT).mode(Mode.SHADOW).build();
    private final Rule off = Rule.named("off").limits(LIMIT).mode(Mode.OFF).build();
    private final MemoryStore store = MemoryStore.withMaxKeys(1_000);
    private final RuleLimiter limiter = new RuleLimiter(store, List.of());
    private final RulesInForce rules =
            new RulesInForce(new RuleSet(List.of(byUser, byAddress, tiered, watched, off), null, "free"));
    private final RateLimiterRegistry registry = new RateLimiterRegistry(
            rules,
            Mode.ENFORCE,
            limiter,
            new IdentityResolver(
                    IdentityResolver.DEFAULT_ORDER,
                    new ApiKeys(ApiKeySettings.defaults(), ApiKeyRegistry.of(Map.of()), (kind, failure) -> {}),
                    new ClientAddress(ClientAddressSettings.defaults()),
                    null,
                    (kind, failure) -> {}),
            IdentityDigest.sha256());

    @Test
    void countsTheSameUserAsTheWebDoes() {
        String owner = IdentityDigest.sha256().of(Identity.ofUser("alice"));
        limiter.acquire(List.of(
                        RuleDemand.of(byUser, owner, null, 2, Mode.ENFORCE).orElseThrow()))
                .toCompletableFuture()
                .join();

        assertThat(registry.limiter("sms").tryAcquire("alice")).isFalse();
        assertThat(registry.limiter("sms").tryAcquire("bob")).isTrue();
    }

    @Test
    void countsEverySpellingOfAnAddressAndAllOfABlockTogether() {
        RateLimiter visit = registry.limiter("visit");

        assertThat(visit.tryAcquire("2001:db8:1:2::7")).isTrue();
        assertThat(visit.tryAcquire("2001:DB8:1:2:ffff::9")).isTrue();
        assertThat(visit.tryAcquire("2001:db8:1:2::/64")).isFalse();
        assertThat(visit.tryAcquire("192.0.2.1", 2)).isTrue();
        assertThat(visit.tryAcquire("::ffff:192.0.2.1")).isFalse();
        assertThat(visit.tryAcquire("somebody")).isTrue();
    }

    @Test
    void appliesTheDefaultTierOrTheOneAskedFor() {
        assertThat(registry.limiter("api").limits()).containsExactly(Limit.parse("1/1h"));
        assertThat(registry.limiter("api").forTier("basic").limits()).containsExactly(LIMIT);
        assertThat(registry.limiter("api").forTier("vip").limits()).isEmpty();
        assertThat(registry.limiter("api").forTier("vip").tryAcquire("alice", 1_000))
                .isTrue();
    }

    @Test
    void admitsEverythingUnderARuleThatIsWatchedOrOff() {
        for (String id : List.of("watched", "off")) {
            assertThat(registry.limiter(id).tryAcquire("alice", 3)).as(id).isTrue();
            assertThat(registry.limiter(id).peek("alice").remaining()).as(id).isEqualTo(2);
        }
    }

    @Test
    void givesNothingBackWhereNothingWasTaken() {
        RateLimiter unlimited = registry.limiter("api").forTier("vip");
        Decision decision = unlimited.acquire("alice", 5);

        unlimited.refund(decision);
        unlimited.reserve("alice", 5, Duration.ofMinutes(1)).orElseThrow().close();

        assertThat(decision.source()).isEqualTo(Source.NONE);
        assertThat(store.size()).as("counters").isZero();
    }

    @Test
    void namesTheRulesThereAreWhenAskedForAnother() {
        assertThatThrownBy(() -> registry.limiter("smss"))
                .hasMessage("rule: \"smss\" (expected: one of [api, off, sms, visit, watched])");
    }

    @Test
    void findsNothingWithoutAnExceptionWhereThereIsNoSuchRule() {
        assertThat(registry.find("sms")).isPresent();
        assertThat(registry.find("nobody")).isEmpty();
    }

    @Test
    void namesTheOwnerThatTheWebCounts() {
        assertThat(registry.owner(byUser, "alice"))
                .isEqualTo(IdentityDigest.sha256().of(Identity.ofUser("alice")));
        assertThat(registry.owner(byAddress, "::ffff:192.0.2.1")).isEqualTo(registry.owner(byAddress, "192.0.2.1"));
    }

    @Test
    void enforcesTheRuleAsItIsInForceAtEachCall() {
        RateLimiter sms = registry.limiter("sms");
        assertThat(sms.tryAcquire("alice")).isTrue();
        assertThat(sms.tryAcquire("alice")).isTrue();
        assertThat(sms.tryAcquire("alice")).isFalse();

        Rule higher = Rule.named("sms")
                .key(RuleKey.parse("user"))
                .limits(Limit.parse("3/1h"))
                .build();
        assertThat(rules.replace(new RuleSet(List.of(higher), null, null))).isEqualTo(2);

        assertThat(sms.limits()).containsExactly(Limit.parse("3/1h"));
        assertThat(sms.tryAcquire("alice"))
                .as("two of three are taken: what was used stays used")
                .isTrue();
        assertThat(sms.tryAcquire("alice")).isFalse();

        rules.replace(new RuleSet(List.of(), null, null));
        assertThat(sms.tryAcquire("alice")).as("no such rule").isTrue();
        assertThat(sms.limits()).isEmpty();
    }
}
