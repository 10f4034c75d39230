package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFactsTest {
    private static final Pattern COMMAND_IN_SCRIPT = Pattern.compile("\\b(?:call|pcall|readString|try)\\('([A-Z]+)'");

    /** Facts of a server that says this and refuses no command. */
    private static ServerFacts facts(long... said) {
        long[] reply = Arrays.copyOf(said, said.length + ServerFacts.COMMANDS.size() + 1);
        Arrays.fill(reply, said.length + 1, reply.length, 1);
        return ServerFacts.of(reply);
    }

    private static ServerFacts asked(long clusterSize, long... commands) {
        long[] reply = {7, 0, 0, 0, 0, clusterSize, 1, 1, 1, 1, 1, 1, 1, 1};
        System.arraycopy(commands, 0, reply, 6, commands.length);
        return ServerFacts.of(reply);
    }

    private static Set<String> commandsIn(String script) throws IOException {
        try (InputStream in = Script.class.getResourceAsStream(script + ".lua")) {
            return COMMAND_IN_SCRIPT
                    .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void asksForEveryCommandThatAScriptRuns() throws IOException {
        Set<String> run = new TreeSet<>();
        for (String script : List.of(
                "numbers",
                "fixed-window",
                "sliding-log",
                "sliding-counter",
                "bucket",
                "token-bucket",
                "leaky-bucket",
                "decide",
                "heartbeat")) {
            run.addAll(commandsIn(script));
        }
        assertThat(ServerFacts.COMMANDS).containsExactlyInAnyOrderElementsOf(run);
        assertThat(commandsIn("server")).containsExactlyInAnyOrderElementsOf(run);
    }

    @Test
    void isRefusedByAServerThatForbidsACommandOrHasItNot() {
        assertThat(asked(0).refusal(false)).isEmpty();
        assertThat(asked(0, 1, 0, 0).refusal(false)).hasValueSatisfying(why -> {
            assertThat(why.kind()).isEqualTo(Kind.PERMISSION);
            assertThat(why).hasMessageEndingWith("to run SET, SETRANGE");
        });
        assertThat(asked(0, -1).refusal(false)).hasValueSatisfying(why -> {
            assertThat(why.kind()).isEqualTo(Kind.UNKNOWN_COMMAND);
            assertThat(why).hasMessageEndingWith("a command: TIME");
        });
    }

    @ParameterizedTest
    @CsvSource({"-1, false, false", "0, false, false", "1, false, false", "2, false, true", "3, true, false"})
    void isRefusedByOneOfSeveralNodesUnlessTheyAreACluster(long size, boolean asCluster, boolean refused) {
        assertThat(asked(size).refusal(asCluster).isPresent()).isEqualTo(refused);
    }

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
        ServerFacts facts = facts(major, minor, patch, 0, 0);
        assertThat(facts.isTooOld()).isEqualTo(tooOld);
        assertThat(facts.version()).contains(major + "." + minor + "." + patch);
    }

    @Test
    void takesNoServerForTooOldThatDoesNotSayHowOldItIs() {
        ServerFacts facts = facts(-1, -1, -1, -1, -1);
        assertThat(facts.isTooOld()).isFalse();
        assertThat(facts.version()).isEmpty();
        assertThat(facts.evicts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1000, 0", "-1, 1", "1000, -1"})
    void evictsNothingWithoutABoundOrAPolicy(long bound, long policy) {
        assertThat(facts(7, 0, 0, bound, policy).evicts()).isEmpty();
    }

    @Test
    void refusesWhatTheScriptNeverSays() {
        assertThatThrownBy(() -> ServerFacts.of(new long[] {7, 0, 0})).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> facts(7, 0, 0, 1, 9)).isInstanceOf(StoreException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 7, 8})
    void namesThePolicy(long policy) {
        assertThat(facts(7, 0, 0, 1, policy).evicts())
                .hasValueSatisfying(name ->
                        assertThat(name).isIn("allkeys-lru", "volatile-lru", "volatile-ttl", "one that evicts"));
    }
}
