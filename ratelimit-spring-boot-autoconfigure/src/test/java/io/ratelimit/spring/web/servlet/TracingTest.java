package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where there is a tracer, each decision is one span in the trace of its request. */
class TracingTest {
    @Configuration(proxyBeanMethods = false)
    static class Tracing {
        @Bean
        SimpleTracer tracer() {
            return new SimpleTracer();
        }

        @Bean
        DefaultTracingObservationHandler tracingObservationHandler(SimpleTracer tracer) {
            return new DefaultTracingObservationHandler(tracer);
        }
    }

    private static final String[] TWO_RULES = {
        "ratelimit.rules[0].id=limited",
        "ratelimit.rules[0].path=/limited",
        "ratelimit.rules[0].key=ip",
        "ratelimit.rules[0].limit=2/1h",
        "ratelimit.rules[1].id=all",
        "ratelimit.rules[1].path=/limited",
        "ratelimit.rules[1].key=global",
        "ratelimit.rules[1].limit=100/1h",
    };

    private static List<SimpleSpan> spans(FullServer server, String name) {
        return server.bean(SimpleTracer.class).getSpans().stream()
                .filter(span -> name.equals(span.getName()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void makesOneSpanOfEachDecisionWithinThatOfItsRequest(Setup setup) {
        try (FullServer server = FullServer.start(setup, List.of(Tracing.class), TWO_RULES)) {
            for (int i = 0; i < 3; i++) {
                server.get("/limited");
            }
            server.get("/login");

            List<SimpleSpan> decisions = spans(server, "ratelimit acquire");
            assertThat(decisions)
                    .as("of three limited requests, under two rules")
                    .hasSize(3);
            assertThat(decisions.stream().map(SimpleSpan::getTags))
                    .containsExactlyInAnyOrder(
                            Map.of("backend", "memory", "outcome", "allowed", "source", "memory"),
                            Map.of("backend", "memory", "outcome", "allowed", "source", "memory"),
                            Map.of("backend", "memory", "outcome", "denied", "source", "memory"));
            // The client may see the end of a response before the request's own span has ended.
            await().untilAsserted(() -> assertThat(
                            server.bean(SimpleTracer.class).getSpans())
                    .extracting(SimpleSpan::getSpanId)
                    .as("the spans that decisions are parts of")
                    .containsAll(decisions.stream().map(SimpleSpan::getParentId).toList()));
            assertThat(decisions).extracting(SimpleSpan::getTraceId).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withoutSecurity")
    void observesNothingWithoutATracer(Setup setup) {
        try (FullServer server = FullServer.start(setup, TWO_RULES)) {
            assertThat(server.beanNames()).doesNotContain("io.ratelimit.rateLimitObservation");
            assertThat(server.get("/limited").status()).isEqualTo(200);
        }
    }
}
