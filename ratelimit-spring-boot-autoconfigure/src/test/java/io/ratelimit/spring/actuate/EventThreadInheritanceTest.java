package io.ratelimit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.store.RequestThreadProbe;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;

class EventThreadInheritanceTest {
    @Test
    void keepsNothingOfTheRequestThatStartsIt() throws Exception {
        RequestThreadProbe.Threads threads = RequestThreadProbe.startedBy(FirstEvent.class);

        assertThat(threads.running()).contains("ratelimit-events");
        assertThat(threads.inheriting()).isEmpty();
    }

    static final class FirstEvent implements Runnable {
        @Override
        public void run() {
            new EventThread(FirstEvent.class.getClassLoader(), new ThreadPoolExecutor.DiscardPolicy())
                    .execute(() -> {});
        }
    }
}
