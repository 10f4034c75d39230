package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyLayoutTest {
    private static final String RAW = "alice@example.com";

    private final RedisFixture redis = RedisFixture.shared();
    private final String namespace = redis.newNamespace();
    private final LimitStore store = TestStores.at(redis)
            .namespace(namespace)
            .timeout(TestStores.PATIENT)
            .build();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void keysAreNamespaceOwnerAsHashTagAndCounter() {
        Limit limit = Limit.parse("5/1m", Algorithm.FIXED_WINDOW);
        Key key = new Key("0123456789abcdefABCDEF", "login:" + limit.counterName());

        TestStores.acquire(store, Demand.of(key, limit, 1));

        assertThat(redis.keys(namespace)).containsExactly(namespace + ":{0123456789abcdefABCDEF}:login:fw1m");
    }

    @Test
    void noIdentityIsInAnyKeyOrValue() {
        String owner = IdentityDigest.sha256().of(Identity.ofUser(RAW));
        List<Demand> demands = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            Limit limit = Limit.parse("5/1m", algorithm);
            demands.add(Demand.of(new Key(owner, "login:" + limit.counterName()), limit, 1));
        }

        TestStores.decide(store, new Operation.Acquire(demands, List.of()));

        assertThat(redis.keys(namespace)).hasSize(5).allSatisfy(key -> {
            assertThat(key).doesNotContain(RAW).doesNotContain("alice");
            assertThat(redis.commands().get(key)).doesNotContain("alice");
        });
    }
}
