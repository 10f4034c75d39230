package io.ratelimit.spring.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.web.MockHttpServletRequest;

class KeyTextTest {
    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000007");

    static Stream<Map.Entry<Object, String>> values() {
        return Stream.of(
                Map.entry("acme", "acme"),
                Map.entry('a', "a"),
                Map.entry(7, "7"),
                Map.entry(7L, "7"),
                Map.entry(new BigDecimal("7.10"), "7.10"),
                Map.entry(true, "true"),
                Map.entry(DayOfWeek.MONDAY, "MONDAY"),
                Map.entry(ID, ID.toString()),
                Map.entry(LocalDate.EPOCH, "1970-01-01"),
                Map.entry(ZoneOffset.UTC, "Z"),
                Map.entry(Locale.GERMANY, "de_DE"),
                Map.entry(URI.create("https://a.example/b"), "https://a.example/b"),
                Map.entry(Optional.of("acme"), "acme"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void takesTheTextOfAValue(Map.Entry<Object, String> value) {
        assertThat(KeyText.of(value.getKey())).isEqualTo(value.getValue());
    }

    record Tenant(String name) {}

    static Stream<Object> others() {
        return Stream.of(
                "",
                " \t",
                Optional.empty(),
                Optional.of(new Object()),
                new Object(),
                new Tenant("acme"),
                Optional.of(new String[] {"acme"}),
                new int[] {7},
                List.of("acme"),
                Map.of("tenant", "acme"),
                Collections.enumeration(List.of("acme")),
                String.class,
                new MockHttpServletRequest());
    }

    @ParameterizedTest
    @MethodSource("others")
    void takesNoTextOfAnythingElse(Object other) {
        assertThat(KeyText.of(other)).isNull();
    }
}
