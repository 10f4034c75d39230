package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What applies to a request when it comes in, however it comes in and whatever is only tried out beside. */
class EntryTest {
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withoutSecurity")
    void aRequestThatAFilterInFrontForwardsIsLimitedLikeAnyOther(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().byDefault(five("default", "/unused")));
        server.board.front = List.of(EntryTest::forwardToLimited);

        assertThat(IntStream.range(0, 8).mapToObj(i -> server.get("/v1/limited").status()))
                .containsExactly(200, 200, 200, 200, 200, 429, 429, 429);
        assertThat(server.handled()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withoutSecurity")
    void whoIsBlockedIsRefusedAlsoWhenAFilterInFrontForwards(Setup setup) {
        Parts parts = new Parts().byDefault(five("default", "/unused"));
        AccessList everybody =
                new AccessList(Set.of(), Set.of(), AddressBlocks.parse("addresses", List.of("127.0.0.0/8")));
        TestServer server = TestServer.of(setup)
                .install(parts.with(
                        builder -> builder.lists(new AccessLists(parts.identities(), AccessList.empty(), everybody))));
        server.board.front = List.of(EntryTest::forwardToLimited);

        assertThat(server.get("/v1/limited").status()).isEqualTo(403);
        assertThat(server.handled()).isZero();
    }

    /** Stands for a filter that takes a version or a tenant out of the path. */
    private static void forwardToLimited(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            request.getRequestDispatcher("/limited").forward(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    @ParameterizedTest
    @CsvSource({"SHADOW, 100", "OFF, 100", "ENFORCE, 10"})
    void aRuleThatIsTriedOutLeavesTheDefaultInForce(Mode mode, int percent) {
        Rule.Builder tried =
                five("tried", "/limited").limits(fixed("1000/1h")).mode(mode).enforcePercent(percent);
        TestServer server =
                TestServer.of(Setup.TOMCAT).install(new Parts().rule(tried).byDefault(five("default", "/unused")));

        assertThat(IntStream.range(0, 7).mapToObj(i -> server.get("/limited").status()))
                .containsExactly(200, 200, 200, 200, 200, 429, 429);
    }

    @Test
    void aRuleThatIsEnforcedReplacesTheDefault() {
        TestServer server = TestServer.of(Setup.TOMCAT)
                .install(new Parts()
                        .rule(five("enforced", "/limited").limits(fixed("7/1h")))
                        .byDefault(five("default", "/unused")));

        assertThat(IntStream.range(0, 8).mapToObj(i -> server.get("/limited").status()))
                .containsExactly(200, 200, 200, 200, 200, 200, 200, 429);
    }
}
