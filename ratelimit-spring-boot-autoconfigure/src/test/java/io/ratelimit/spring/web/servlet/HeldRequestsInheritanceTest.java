package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Key;
import io.ratelimit.store.RequestThreadProbe;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HeldRequestsInheritanceTest {
    @Test
    void keepsNothingOfTheRequestThatIsHeldFirst() throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(FirstHeld.class);

        assertThat(threads.running()).contains("ratelimit-held-requests");
        assertThat(threads.inheriting()).isEmpty();
    }

    static final class FirstHeld implements Runnable {
        @Override
        public void run() {
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.setAsyncSupported(true);
            if (!new HeldRequests(8)
                    .hold(
                            request,
                            new MockHttpServletResponse(),
                            Duration.ofMinutes(1),
                            new Key("owner", "queue:lb1m"))) {
                throw new IllegalStateException("not held");
            }
        }
    }
}
