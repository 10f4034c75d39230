package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {
    private static final Node ASKED = new Node("asked", 7000);

    @Test
    void readsWhoHasWhichSlot() {
        SlotTable table = SlotTable.of(
                List.of(range(0, 99, node("one", 7001), node("replica", 7003)), range(100, 200, node("two", 7002))),
                ASKED);

        assertThat(table.of(0)).isEqualTo(new Node("one", 7001));
        assertThat(table.of(99)).isEqualTo(new Node("one", 7001));
        assertThat(table.of(100)).isEqualTo(new Node("two", 7002));
        assertThat(table.of(201)).as("nobody's").isNull();
        assertThat(table.nodes()).containsExactlyInAnyOrder(new Node("one", 7001), new Node("two", 7002));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?"})
    void reachesANodeWithoutANameByTheOneThatWasAsked(String host) {
        assertThat(SlotTable.of(List.of(range(0, 1, node(host, 7001))), ASKED).of(0))
                .isEqualTo(new Node("asked", 7001));
    }

    @Test
    void movesASlotInATableOfItsOwn() {
        SlotTable before = SlotTable.of(List.of(range(0, 1, node("one", 7001))), ASKED);
        SlotTable after = before.with(1, new Node("two", 7002));

        assertThat(after.of(1)).isEqualTo(new Node("two", 7002));
        assertThat(before.of(1)).isEqualTo(new Node("one", 7001));
    }

    static List<List<?>> otherReplies() {
        return List.of(
                List.of("text"),
                List.of(List.of(0L, 1L)),
                List.of(List.of(0L, 1L, "text")),
                List.of(List.of(0L, 1L, List.of("host".getBytes(StandardCharsets.US_ASCII)))),
                List.of(range(0, 16_384, node("one", 1))),
                List.of(range(-1, 1, node("one", 1))),
                List.of(range(2, 1, node("one", 1))),
                List.of(range(0, 1, node("one", 70_000))));
    }

    @ParameterizedTest
    @MethodSource("otherReplies")
    void refusesWhatIsNoSuchReply(List<?> reply) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.of(reply, ASKED))
                .withMessageContaining("CLUSTER SLOTS");
    }

    private static List<?> range(long first, long last, List<?>... nodes) {
        return Stream.concat(Stream.of((Object) first, last), Arrays.stream(nodes))
                .toList();
    }

    private static List<?> node(String host, long port) {
        return List.of(host.getBytes(StandardCharsets.US_ASCII), port, "id".getBytes(StandardCharsets.US_ASCII));
    }
}
