package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IdentityTest {
    @Test
    void showsItsKindAndHidesItsValue() {
        assertThat(Identity.ofUser("alice")).hasToString("identity of kind \"user\"");
        assertThat(new Caller(Identity.ofUser("alice"), "premium").toString()).doesNotContain("alice");
        assertThat(new Identity("a\r\nb\u001b", "alice")).hasToString("identity of kind \"a\\u000d\\u000ab\\u001b\"");
    }

    @Test
    void countsApartWhatHasAnotherKind() {
        IdentityDigest digest = IdentityDigest.sha256();
        assertThat(digest.of(Identity.absent(Identity.USER, "192.0.2.1")))
                .isNotEqualTo(digest.of(Identity.ofUser("192.0.2.1")))
                .isNotEqualTo(digest.of(Identity.ofIp("192.0.2.1")))
                .isNotEqualTo(digest.of(Identity.absent(Identity.API_KEY, "192.0.2.1")));
    }

    @Test
    void namesTheKindThatIsAbsent() {
        assertThat(Identity.absent("user", "192.0.2.1")).isEqualTo(new Identity("user:ip", "192.0.2.1"));
        assertThat(Identity.absent("api-key", "192.0.2.1")).isEqualTo(new Identity("api-key:ip", "192.0.2.1"));
        assertThat(Identity.absent("tenant", "192.0.2.1")).isEqualTo(new Identity("tenant:ip", "192.0.2.1"));
    }

    @Test
    void hasAKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Identity("", "x"))
                .withMessageStartingWith("kind: \"\"");
    }
}
