package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.filter.UrlHandlerFilter;

/** No spelling of a path reaches a handler past the limit of its canonical spelling. */
class PathSpellingsTest {
    private static final List<String> SPELLINGS = List.of(
            "//limited/7",
            "/limited//7",
            "///limited///7",
            "/./limited/7",
            "/limited/./7",
            "/x/../limited/7",
            "/limited/x/../7",
            "/%2e/limited/7",
            "/x/%2e%2e/limited/7",
            "/x/.%2E/limited/7",
            "/limited%2f7",
            "/limited%2F7",
            "/%6cimited/7",
            "/%6C%69%6d%69%74%65%64/%37",
            "/%256cimited/7",
            "/limited/%2537",
            "/limited;a=b/7",
            "/limited;/7",
            "/limited/7;v=1",
            "/limited/7;jsessionid=0123456789ABCDEF",
            "/limited/7;a=b;c=d",
            "/limited/7%3bv=1",
            "/limited/7/",
            "/limited/7//",
            "/limited/7/.",
            "/limited/7/x/..",
            "/limited/7.json",
            "/limited/7.",
            "/limited/7%20",
            "/limited/%207",
            "/limited/7%09",
            "/limited/7%00",
            "/limited/7%0a",
            "/limited/7%0d%0aX-Api-Key:%20x",
            "/limited\\7",
            "/limited%5c7",
            "/%c0%aflimited/7",
            "/limited%c0%af7",
            "/limited%ef%bc%8f7",
            "/%ef%bd%8cimited/7",
            "/limited/7#fragment",
            "/limited/7?x=/../../free",
            "/limited/7?",
            "/limited/7??;",
            "/..;/limited/7",
            "/x/..;/limited/7",
            "/limited/..;a=b/limited/7",
            "/;/limited/7",
            "/limited/;/7",
            "/;x=y/limited/7",
            "/%zz/../limited/7",
            "/limited/7%");

    private static Parts rule() {
        return new Parts().rule(five("limited", "/limited/{id}"));
    }

    private static Oracle oracle(Setup setup) {
        return new Oracle(setup, PathSpellingsTest::rule);
    }

    private static RawRequest canonical(TestServer server) {
        return server.request("GET", "/limited/7");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noSpellingGetsPastAUsedUpQuota(Setup setup) {
        List<Way> ways = SPELLINGS.stream().map(Way::path).toList();

        oracle(setup).blocks(PathSpellingsTest::canonical, ways).blocksInTurn(PathSpellingsTest::canonical, ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noSpellingGetsMoreThanItsQuotaAlone(Setup setup) {
        oracle(setup).bounds(SPELLINGS.stream().map(Way::path).toList());
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noSpellingOfTheTargetOrTheContextPathGetsPast(Setup setup) {
        String context = setup.contextPath;
        Stream<String> targets = Stream.of(
                "http://localhost" + context + "/limited/7",
                "http://other.example" + context + "/limited/7",
                "HTTP://LOCALHOST:80" + context + "/limited/7",
                "http://user@localhost" + context + "/limited/7",
                "http://localhost" + context + "//limited/7",
                "//localhost" + context + "/limited/7",
                "/x/.." + context + "/limited/7",
                "/." + context + "/limited/7",
                "/" + context + "/limited/7",
                context + "/limited/../limited/7");
        List<String> all = new ArrayList<>(targets.toList());
        if (!context.isEmpty()) {
            all.addAll(List.of(
                    "/%63tx/limited/7",
                    "/ctx;v=1/limited/7",
                    "/ctx/../ctx/limited/7",
                    "/ctx/./limited/7",
                    "/ctx//limited/7",
                    "/CTX/limited/7",
                    "/ctx%2flimited/7",
                    "/;a/ctx/limited/7"));
        }
        List<Way> ways = all.stream().map(Way::target).toList();

        oracle(setup).blocks(PathSpellingsTest::canonical, ways).bounds(ways);
    }

    /** To a handler of {@code /limited/{id}} a line break is a character like any other. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noLineBreakGetsPastAWildcard(Setup setup) {
        List<Way> ways = Stream.of("%0a", "%0d", "%0d%0a", "%c2%85", "%e2%80%a8", "%e2%80%a9", "%0a%0a8", "%0A;a=b")
                .map(lineBreak -> Way.path("/limited/7" + lineBreak))
                .toList();

        for (String pattern : List.of("/limited/{id:.+}", "/limited/7*", "/*ted/{id:7.*}", "/limited/{id}*")) {
            new Oracle(setup, () -> new Parts().rule(five("limited", pattern)))
                    .blocks(PathSpellingsTest::canonical, ways)
                    .bounds(ways);
        }
    }

    /** Other servlets are mapped by the container, which normalises what Spring MVC does not. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noSpellingReachesAServletThatIsNotSprings(Setup setup) {
        String context = setup.contextPath;
        List<Way> ways = Stream.of(
                        context + "/plain/a/../b",
                        context + "/%70lain/b",
                        context + "/x/../plain/b",
                        context + "/x/%2e%2e/plain/b",
                        context + "/./plain/b",
                        context + "//plain/b",
                        context + "/plain;x=y/b",
                        context + "/plain/b;x=y",
                        context + "/plain/",
                        context + "/plain",
                        context + "/x/..;/plain/b",
                        context + "/plain/%2e/b",
                        "/x/.." + context + "/plain/b",
                        context + "/../" + context + "/plain/b",
                        context + ";v=1/plain/b")
                .map(Way::target)
                .toList();

        new Oracle(setup, () -> new Parts().rule(five("plain", "/plain/**")))
                .blocks(server -> server.request("GET", "/plain/b"), ways)
                .bounds(ways);
    }

    /** What Spring MVC takes for two variables, the container takes for a path that goes up. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void dotSegmentsAreNoVariables(Setup setup) {
        List<Way> ways = Stream.of(
                        "/items/../b",
                        "/items/x/..",
                        "/items/./b",
                        "/items/%2e%2e/b",
                        "/items/..;/b",
                        "/items/x/%2e",
                        "/items/..%2fb/c",
                        "/items/x/..;a=b")
                .map(Way::path)
                .toList();

        new Oracle(setup, () -> new Parts().rule(five("items", "/items/{first}/{second}")))
                .blocks(server -> server.request("GET", "/items/a/b"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aFilterThatTrimsSlashesChangesNothing(Setup setup) {
        UrlHandlerFilter trims =
                UrlHandlerFilter.trailingSlashHandler("/**").wrapRequest().build();
        List<Way> ways = Stream.of(
                        "/limited/7/",
                        "/limited/7;a=b/",
                        "/limited/%37/",
                        "/limited//7/",
                        "/limited/7//",
                        "/limited/7/;",
                        "/limited/7/?q",
                        "/./limited/7/")
                .map(path -> Way.path(path).after(server -> server.board.front = List.of(trims)))
                .toList();

        oracle(setup).blocks(PathSpellingsTest::canonical, ways).bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void caseFoldsWhereItIsSaidToNotMatter(Setup setup) {
        Parts insensitive = rule().settings(TestSettings.caseInsensitive());
        TestServer server = TestServer.of(setup).install(insensitive);
        for (String path : List.of("/limited/7", "/LIMITED/7", "/Limited/7", "/%4cIMITED/7", "/limited;A=B/7")) {
            server.get(path);
        }

        assertThat(server.get("/lImItEd/7").status()).isEqualTo(429);
        assertThat(server.get("/limited/8").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void onlyACanonicalPathIsExcluded(Setup setup) {
        List<Way> ways = Stream.of(
                        "/free;x=y",
                        "/%66ree",
                        "/free/../limited/7",
                        "/free/..;/limited/7",
                        "/free/%2e%2e/limited/7",
                        "/free//../limited/7",
                        "/free/;/../limited/7",
                        "/free%2f..%2flimited/7",
                        "/free/x/../../limited/7",
                        "/free;/../limited/7")
                .map(Way::path)
                .toList();

        new Oracle(
                        setup,
                        () -> new Parts()
                                .rule(five("all", "/**"))
                                .settings(WebSettings.defaults().withExclude("/free/**")))
                .blocks(PathSpellingsTest::canonical, ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whatIsRefusedStaysRefused(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts().byDefault(Rule.named("default").limits(fixed("1000/1h"))));

        for (String path : List.of("/limited%2f7", "/limited/%00", "/limited/7%", "/limited\\7x")) {
            assertThat(server.get(path).status()).as(path).isBetween(400, 499);
        }
        assertThat(server.handled()).isZero();
    }
}
