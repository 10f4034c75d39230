package io.ratelimit.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.ratelimit.RateLimiter;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.spring.annotation.RateLimited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A slice of Spring MVC has the rules, in memory, and no method meets what another one has used. */
@WebMvcTest(
        controllers = MvcSliceTest.Mails.class,
        properties = {
            "ratelimit.backend=redis",
            "ratelimit.rules[0].id=mail",
            "ratelimit.rules[0].limit=2/1h",
            "ratelimit.rules[1].id=by-path",
            "ratelimit.rules[1].path=/by-path",
            "ratelimit.rules[1].key=ip",
            "ratelimit.rules[1].limit=2/1h",
            "ratelimit.rules[1].algorithm=fixed-window"
        })
@Import(MvcSliceTest.Mails.class)
class MvcSliceTest {
    @SpringBootApplication
    static class Application {}

    @RestController
    static class Mails {
        private final RateLimiter mail;

        Mails(@Qualifier("mail") RateLimiter mail) {
            this.mail = mail;
        }

        @GetMapping("/mail")
        String mail() {
            return mail.tryAcquire("anyone") ? "sent" : "kept";
        }

        @GetMapping("/by-path")
        String byPath() {
            return "served";
        }

        @GetMapping("/annotated")
        @RateLimited("2/1h")
        String annotated() {
            return "served";
        }
    }

    @Autowired
    private MockMvcTester mvc;

    @Autowired
    private ManualTicker ticker;

    @Autowired
    private TestLimits limits;

    private List<Integer> statuses(String path, int times) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            statuses.add(mvc.get()
                    .uri(path)
                    .with(user("ann"))
                    .exchange()
                    .getResponse()
                    .getStatus());
        }
        return statuses;
    }

    @RepeatedTest(3)
    void limitsByPathAfreshInEachMethod() {
        assertThat(statuses("/by-path", 3)).containsExactly(200, 200, 429);
    }

    @RepeatedTest(3)
    void limitsByAnnotationAfreshInEachMethod() {
        assertThat(statuses("/annotated", 3)).containsExactly(200, 200, 429);
    }

    @Test
    void injectsTheLimiterOfARule() {
        assertThat(statuses("/mail", 1)).containsExactly(200);
    }

    @Test
    void timePassesWhenTheTestSaysSo() {
        assertThat(statuses("/by-path", 3)).containsExactly(200, 200, 429);
        ticker.advance(Duration.ofMinutes(59));
        assertThat(statuses("/by-path", 1)).containsExactly(429);
        ticker.advance(Duration.ofMinutes(1));
        assertThat(statuses("/by-path", 3)).containsExactly(200, 200, 429);
    }

    @RepeatedTest(2)
    void timeStartsAfreshInEachMethod() {
        assertThat(ticker.epochMicros()).isEqualTo(TestLimits.START_EPOCH_MICROS);
        ticker.advance(Duration.ofDays(1));
    }

    @Test
    void aTestMayResetInBetween() {
        assertThat(statuses("/by-path", 3)).containsExactly(200, 200, 429);
        limits.reset();
        assertThat(statuses("/by-path", 3)).containsExactly(200, 200, 429);
    }
}
