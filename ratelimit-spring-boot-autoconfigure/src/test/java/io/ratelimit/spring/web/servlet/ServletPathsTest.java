package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.spring.web.RequestGate;
import jakarta.servlet.http.MappingMatch;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.web.MockHttpServletMapping;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class ServletPathsTest {
    private static final RequestGate GATE = Rules.gate();

    private static List<String> paths(MockHttpServletRequest request) {
        return ServletWebRequest.of(request, GATE).paths().stream()
                .map(PathContainer::value)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"/ctx,", "/ctx/,", "/ctx;a=b,", "/ctx/api,/api", "/ctx/api;a=b,/api", "/ctx/api/,/api"})
    void theRootIsASlashHoweverLittleIsLeftOfThePath(String uri, String servlet) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", uri);
        request.setContextPath("/ctx");
        if (servlet != null) {
            request.setServletPath(servlet);
            request.setHttpServletMapping(new MockHttpServletMapping("", servlet + "/*", "api", MappingMatch.PATH));
        }

        assertThat(paths(request)).contains("/");
    }

    @Test
    void anOrdinaryPathIsTheOnlyOne() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/ctx/a/b");
        request.setContextPath("/ctx");

        assertThat(paths(request)).containsExactly("/a/b");
    }

    @RestController
    static class Root {
        final AtomicInteger handled = new AtomicInteger();

        @GetMapping
        String root() {
            handled.incrementAndGet();
            return "root";
        }
    }

    @Test
    void aRuleForTheRootHoldsWhereTheContainerDoesNotRedirectToIt() {
        try (FullServer server = FullServer.start(
                Setup.TOMCAT_CONTEXT,
                List.of(Root.class),
                "server.tomcat.redirect-context-root=false",
                "ratelimit.rules[0].id=root",
                "ratelimit.rules[0].path=/",
                "ratelimit.rules[0].limit=2/1h",
                "ratelimit.rules[0].key=ip")) {
            assertThat(IntStream.range(0, 4).mapToObj(i -> server.get("").status()))
                    .containsExactly(200, 200, 429, 429);
            assertThat(server.bean(Root.class).handled).hasValue(2);
        }
    }
}
