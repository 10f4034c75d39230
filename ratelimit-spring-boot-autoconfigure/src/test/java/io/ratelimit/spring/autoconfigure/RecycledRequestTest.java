package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.annotation.RateLimited;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** A call on a thread to which a request was handed that has ended since. */
class RecycledRequestTest {
    static class Reports {
        @RateLimited(name = "reports")
        public void build() {}
    }

    /** As Tomcat's facade answers when its request is gone. */
    private static final class Recycled extends MockHttpServletRequest {
        @Override
        public Object getAttribute(String name) {
            throw new IllegalStateException("The request object has been recycled");
        }
    }

    @AfterEach
    void unbind() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void isLimitedAsOneOutsideAnyRequest() {
        Startup.oursForTheWeb("""
                        ratelimit:
                          backend: memory
                          rules: [{id: reports, path: /reports, limit: 1/1h}]
                        """).withBean(Reports.class).run(context -> {
            Reports reports = context.getBean(Reports.class);
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new Recycled()));

            assertThatCode(reports::build).doesNotThrowAnyException();
            assertThatThrownBy(reports::build).isInstanceOf(RateLimitExceededException.class);
        });
    }
}
