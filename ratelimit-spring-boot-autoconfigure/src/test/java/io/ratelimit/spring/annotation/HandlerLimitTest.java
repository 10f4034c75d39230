package io.ratelimit.spring.annotation;

import static io.ratelimit.spring.annotation.Denials.assertAdmits;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.web.HeaderStyle;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.WebSettings;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class HandlerLimitTest {
    private static final AtomicInteger HANDLED = new AtomicInteger();

    record Item(int count) {}

    @RestController
    static class Items {
        private final Mailer mailer;

        Items(Mailer mailer) {
            this.mailer = mailer;
        }

        @GetMapping("/quote")
        @RateLimited(limit = 2, window = "1m")
        public String quote() {
            return "quote " + HANDLED.incrementAndGet();
        }

        @PostMapping("/items")
        @RateLimited("2/1m")
        public String create(@RequestBody Item item) {
            return "item " + HANDLED.incrementAndGet();
        }

        @GetMapping("/items/{id}")
        @RateLimited(value = "1/1m", key = "#id")
        public String find(@PathVariable("id") String id) {
            return "item " + id;
        }

        @GetMapping("/search")
        @RateLimited(value = "1/1m", key = "#q", cost = "#request.requestURI.length() > 0 ? 1 : 2")
        public String search(@RequestParam("q") String text) {
            return "found";
        }

        @GetMapping("/mail")
        public String mail(@RequestParam("times") int times) {
            for (int i = 0; i < times; i++) {
                mailer.send();
            }
            return "sent";
        }

        @GetMapping("/orders/{id}")
        public String order(@PathVariable("id") String id) {
            mailer.sendByPath();
            mailer.sendByPath();
            return "ordered";
        }

        @GetMapping("/both")
        public String both() {
            mailer.sendByPathAndOwn();
            return "sent";
        }

        @GetMapping("/named")
        public String named() {
            mailer.sendByName();
            mailer.sendByName();
            return "sent";
        }
    }

    static class Mailer {
        @RateLimited(name = "by-path")
        @RateLimited("1/1m")
        public void sendByPathAndOwn() {}

        @RateLimited(value = "3/1m", key = "ip")
        public void send() {}

        @RateLimited(name = "by-path")
        public void sendByPath() {}

        @RateLimited(name = "by-name")
        public void sendByName() {}

        @RateLimited("1/1m")
        public void forAnybody() {}

        @RateLimited(value = "1/1m", key = "global")
        public void forEverybody() {}
    }

    @RestController
    @RequestMapping("/typed")
    @RateLimited("2/1m")
    static class Typed {
        @GetMapping("/one")
        public String one() {
            return "one";
        }

        @GetMapping("/other")
        public String other() {
            throw new IllegalStateException("broken");
        }

        @ExceptionHandler(IllegalStateException.class)
        public ResponseEntity<String> broken(IllegalStateException problem) {
            return ResponseEntity.badRequest().body("broken");
        }
    }

    @RestController
    @RequestMapping("/inner")
    @RateLimited("2/1m")
    static class Inner {
        @GetMapping
        String handle() {
            return "inner";
        }
    }

    @RequestMapping("/api")
    interface Api {
        @GetMapping("/things")
        @RateLimited("1/1m")
        String things();
    }

    @RestController
    static class ApiController implements Api {
        @Override
        public String things() {
            return "things";
        }
    }

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withUserConfiguration(LimitedWeb.class)
            .withBean(Mailer.class)
            .withBean(Items.class)
            .withBean(Typed.class)
            .withBean(ApiController.class);

    private void run(ContextConsumer<AssertableWebApplicationContext> test) {
        HANDLED.set(0);
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context);
        });
    }

    private static int status(WebApplicationContext context, String path) {
        return status(context, MockMvcRequestBuilders.get(path));
    }

    private static int status(WebApplicationContext context, MockHttpServletRequestBuilder request) {
        return MockMvcTester.from(context).perform(request).getResponse().getStatus();
    }

    @Test
    void admitsExactlyAsManyRequestsAsTheLimitSays() {
        run(context -> {
            assertThat(status(context, "/quote")).isEqualTo(200);
            assertThat(status(context, "/quote")).isEqualTo(200);
            assertThat(status(context, "/quote")).isEqualTo(429);
            assertThat(HANDLED).hasValue(2);
        });
    }

    @Test
    void leavesControllersThatOnlyHandleRequestsWithoutAProxy() {
        run(context -> {
            assertThat(AopUtils.isAopProxy(context.getBean(Items.class))).isFalse();
            assertThat(AopUtils.isAopProxy(context.getBean(Typed.class))).isFalse();
            assertThat(AopUtils.isAopProxy(context.getBean(Mailer.class))).isTrue();
        });
    }

    @Test
    void coversTheHandlersOfATypeWhateverTheirVisibility() {
        runner.withBean(Inner.class).run(context -> {
            assertThat(status(context, "/inner")).isEqualTo(200);
            assertThat(status(context, "/inner")).isEqualTo(200);
            assertThat(status(context, "/inner")).isEqualTo(429);
        });
    }

    @Test
    void decidesBeforeArgumentsAreBound() {
        run(context -> {
            MockHttpServletRequestBuilder malformed = MockMvcRequestBuilders.post("/items")
                    .contentType(MediaType.APPLICATION_JSON)
                    .content("{");

            assertThat(status(context, malformed)).isEqualTo(400);
            assertThat(status(context, malformed)).isEqualTo(400);
            assertThat(status(context, malformed)).isEqualTo(429);
        });
    }

    @Test
    void countsByPathVariablesAndQueryParameters() {
        run(context -> {
            assertThat(status(context, "/items/1")).isEqualTo(200);
            assertThat(status(context, "/items/2")).isEqualTo(200);
            assertThat(status(context, "/items/1")).isEqualTo(429);
            assertThat(status(context, "/items/1?id=3")).isEqualTo(429);
            assertThat(status(context, "/search?q=a")).isEqualTo(200);
            assertThat(status(context, "/search?q=b")).isEqualTo(200);
            assertThat(status(context, "/search?q=a")).isEqualTo(429);
        });
    }

    @Test
    void sharesTheLimitOfAControllerAmongItsHandlersAlone() {
        run(context -> {
            assertThat(status(context, "/typed/one")).isEqualTo(200);
            assertThat(status(context, "/typed/other"))
                    .as("answered by its exception handler")
                    .isEqualTo(400);
            assertThat(status(context, "/typed/one")).isEqualTo(429);
        });
    }

    @Test
    void isFoundOnTheInterfaceOfAController() {
        run(context -> {
            assertThat(status(context, "/api/things")).isEqualTo(200);
            assertThat(status(context, "/api/things")).isEqualTo(429);
        });
    }

    @Test
    void countsEveryCallOfABeanByTheRequestItIsPartOf() {
        run(context -> {
            assertThat(status(context, "/mail?times=2")).isEqualTo(200);
            assertThat(status(context, "/mail?times=2"))
                    .as("its second call is the fourth")
                    .isEqualTo(429);
            assertThat(status(
                            context, MockMvcRequestBuilders.get("/mail?times=3").remoteAddress("10.0.0.9")))
                    .isEqualTo(200);
        });
    }

    @Test
    void chargesARuleThatHasPathsOncePerRequest() {
        run(context -> {
            for (int i = 0; i < 3; i++) {
                assertThat(status(context, "/orders/1")).isEqualTo(200);
            }
            assertThat(status(context, "/orders/1")).isEqualTo(429);
        });
    }

    @Test
    void tellsOfEachLimitOnceWhenOneOfSeveralDenies() {
        runner.withBean(WebSettings.class, () -> TestSettings.headers(HeaderStyle.IETF))
                .run(context -> {
                    assertThat(status(context, "/both")).isEqualTo(200);
                    MockHttpServletResponse denied = MockMvcTester.from(context)
                            .perform(MockMvcRequestBuilders.get("/both"))
                            .getResponse();

                    assertThat(denied.getStatus()).isEqualTo(429);
                    assertThat(denied.getHeader("RateLimit-Policy"))
                            .matches("\"by-path\";q=3;w=60, \"[a-z0-9-]*send-by-path-and-own[a-z0-9-]*\";q=1;w=60");
                    assertThat(denied.getHeader("RateLimit"))
                            .matches("\"by-path\";r=1;t=\\d+, \"[a-z0-9-]*send-by-path-and-own[a-z0-9-]*\";r=0;t=60");
                });
    }

    @Test
    void chargesARuleThatIsUsedByNameAloneForEveryCall() {
        run(context -> {
            assertThat(status(context, "/named")).isEqualTo(200);
            assertThat(status(context, "/named")).isEqualTo(429);
        });
    }

    @Test
    void countsCallsOutsideAnyRequestTogetherAndApartFromThoseInside() {
        run(context -> {
            Mailer mailer = context.getBean(Mailer.class);
            assertAdmits(1, mailer::forAnybody);

            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest()));
            try {
                assertAdmits(1, mailer::forAnybody);
            } finally {
                RequestContextHolder.resetRequestAttributes();
            }
        });
    }

    @Test
    void countsGloballyInsideAndOutsideOfRequestsAlike() {
        run(context -> {
            Mailer mailer = context.getBean(Mailer.class);
            assertAdmits(1, mailer::forEverybody);

            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest()));
            try {
                Denials.assertDenies(mailer::forEverybody);
            } finally {
                RequestContextHolder.resetRequestAttributes();
            }
        });
    }

    @RestController
    static class WithFallback {
        @GetMapping("/fallback")
        @RateLimited(value = "1/1m", fallback = "instead")
        public String handle() {
            return "";
        }

        String instead() {
            return "";
        }
    }

    @Test
    void refusesAFallbackThatNoArgumentsCouldBePassedTo() {
        runner.withBean(WithFallback.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidRateLimitedException.class)
                        .hasMessageContainingAll(
                                "WithFallback.handle()", "fallback: \"instead\"", "@ExceptionHandler"));
    }

    @RestController
    static class ReadsItsBody {
        @PostMapping("/tenants/{tenant}/items")
        @RateLimited(value = "1/1m", key = "#item.count")
        public String handle(@RequestBody Item item) {
            return "";
        }
    }

    @Test
    void refusesAnExpressionOverArgumentsThatAreNotThereYet() {
        runner.withBean(ReadsItsBody.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidRateLimitedException.class)
                        .hasMessageContainingAll(
                                "ReadsItsBody.handle(Item)",
                                "reads #item, which is not there",
                                "before there are arguments: #header, #headers, #query, #request, #tenant"));
    }

    @Test
    void limitsTheCallsOfAControllerWhereThereAreNoWebRequests() {
        try (LimitedApplication application = new LimitedApplication()) {
            Typed typed = application.start(Typed.class).bean(Typed.class);

            assertAdmits(2, typed::one);
        }
    }

    @Test
    void tellsADenialOfABeanToTheExceptionHandlersOfTheApplication() {
        runner.withBean(Advice.class).run(context -> {
            assertThat(status(context, "/mail?times=3")).isEqualTo(200);
            assertThat(status(context, "/mail?times=1")).isEqualTo(418);
        });
    }

    @RestControllerAdvice
    static class Advice {
        @ExceptionHandler(RateLimitExceededException.class)
        public ResponseEntity<String> denied(RateLimitExceededException denial) {
            return ResponseEntity.status(418).body("later");
        }
    }
}
