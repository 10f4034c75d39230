package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectionTest {
    @Test
    void readsWhereACallIsSent() {
        assertThat(Redirection.parse("MOVED 3999 127.0.0.1:6381"))
                .contains(new Redirection(true, 3999, new Node("127.0.0.1", 6381)));
        assertThat(Redirection.parse("ASK 0 ::1:6381")).contains(new Redirection(false, 0, new Node("::1", 6381)));
        assertThat(Redirection.parse("MOVED 16383 :6381")).contains(new Redirection(true, 16_383, new Node("", 6381)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MOVED 16384 127.0.0.1:6381",
                "MOVED 3999 127.0.0.1:0",
                "MOVED 3999 127.0.0.1:65536",
                "MOVED 3999 127.0.0.1",
                "MOVED -1 127.0.0.1:6381",
                "MOVED",
                "TRYAGAIN Multiple keys request during rehashing of slot"
            })
    void followsNobodyToAPlaceThatCannotBe(String text) {
        assertThat(Redirection.parse(text)).isEmpty();
    }
}
