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

    @Test
    void reachesANodeWithoutAnEndpointByTheOneThatWasAsked() {
        List<?> unknownEndpoint = Arrays.asList(null, 7002L, text("id"), List.of(text("ip"), text("10.0.0.2")));

        SlotTable table = SlotTable.of(List.of(range(0, 0, node("", 7001)), range(1, 1, unknownEndpoint)), ASKED);

        assertThat(table.of(0)).isEqualTo(new Node("asked", 7001));
        assertThat(table.of(1)).isEqualTo(new Node("asked", 7002));
    }

    @Test
    void reachesANodeThatHasNoHostNameByItsAddress() {
        List<?> nameless = List.of(
                text("?"), 6379L, text("id"), List.of(text("hostname"), text("other"), text("ip"), text("10.0.0.2")));

        assertThat(SlotTable.of(List.of(range(0, 1, nameless)), ASKED).of(0)).isEqualTo(new Node("10.0.0.2", 6379));
    }

    static List<List<?>> nodesNobodyCanReach() {
        return List.of(
                node("?", 6379),
                List.of(text("?"), 6379L, text("id"), List.of()),
                List.of(text("?"), 6379L, text("id"), List.of(text("ip"))),
                List.of(text("?"), 6379L, text("id"), List.of(text("ip"), text(""))),
                List.of(text("?"), 6379L, text("id"), List.of(text("ip"), text("?"))),
                Arrays.asList(text("?"), 6379L, text("id"), null),
                node("one", 0));
    }

    @ParameterizedTest
    @MethodSource("nodesNobodyCanReach")
    void knowsNobodyForTheSlotsOfANodeThatCannotBeReached(List<?> node) {
        SlotTable table = SlotTable.of(List.of(range(0, 0, node), range(1, 1, node("two", 7002))), ASKED);

        assertThat(table.of(0)).isNull();
        assertThat(table.of(1)).isEqualTo(new Node("two", 7002));
        assertThat(table.nodes()).containsExactly(new Node("two", 7002));
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
                List.of(List.of(0L, 1L, List.of(text("host")))),
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
        return List.of(text(host), port, text("id"));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
