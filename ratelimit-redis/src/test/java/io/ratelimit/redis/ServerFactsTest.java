package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.store.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFactsTest {
    @ParameterizedTest
    @CsvSource({
        "5, 0, 14, true",
        "6, 0, 16, true",
        "6, 2, 0, false",
        "7, 0, 15, false",
        "7, 2, 4, false",
        "8, 0, 0, false",
        "10, 0, 0, false"
    })
    void needsVersion62(long major, long minor, long patch, boolean tooOld) {
        ServerFacts facts = ServerFacts.of(new long[] {major, minor, patch, 0, 0});
        assertThat(facts.isTooOld()).isEqualTo(tooOld);
        assertThat(facts.version()).contains(major + "." + minor + "." + patch);
    }

    @Test
    void takesNoServerForTooOldThatDoesNotSayHowOldItIs() {
        ServerFacts facts = ServerFacts.of(new long[] {-1, -1, -1, -1, -1});
        assertThat(facts).isEqualTo(new ServerFacts(facts.version(), facts.evicts(), false));
        assertThat(facts.version()).isEmpty();
        assertThat(facts.evicts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1000, 0", "-1, 1", "1000, -1"})
    void evictsNothingWithoutABoundOrAPolicy(long bound, long policy) {
        assertThat(ServerFacts.of(new long[] {7, 0, 0, bound, policy}).evicts()).isEmpty();
    }

    @Test
    void refusesWhatTheScriptNeverSays() {
        assertThatThrownBy(() -> ServerFacts.of(new long[] {7, 0, 0})).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> ServerFacts.of(new long[] {7, 0, 0, 1, 9})).isInstanceOf(StoreException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 7, 8})
    void namesThePolicy(long policy) {
        assertThat(ServerFacts.of(new long[] {7, 0, 0, 1, policy}).evicts())
                .hasValueSatisfying(name ->
                        assertThat(name).isIn("allkeys-lru", "volatile-lru", "volatile-ttl", "one that evicts"));
    }
}
