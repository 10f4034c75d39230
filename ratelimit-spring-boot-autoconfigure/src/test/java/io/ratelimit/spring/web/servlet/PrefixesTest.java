package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;

import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing in front of a path, written or claimed, makes it another one to the limiter than to the handler. */
class PrefixesTest {
    private static Way with(String header, String value, String path) {
        return Way.of(
                header + ": " + value + " at " + path,
                server -> server.request("GET", path).header(header, value));
    }

    private static RawRequest canonical(TestServer server) {
        return server.request("GET", "/limited/7");
    }

    private static Oracle oracle(Setup setup) {
        return new Oracle(
                setup,
                () -> new Parts()
                        .rule(five("limited", "/limited/{id}"))
                        .settings(WebSettings.defaults().withExclude("/free/**")));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noForwardedPrefixEscapes(Setup setup) {
        List<Way> ways = Stream.of(
                        "/free",
                        "/free/",
                        "/",
                        "",
                        "/x/../y",
                        "/free;a=b",
                        "/%66ree",
                        "https://other.example/free",
                        "/free,/other",
                        "/limited",
                        "//",
                        "/a b")
                .map(prefix -> with("X-Forwarded-Prefix", prefix, "/limited/7").after(Front::believesForwardedHeaders))
                .toList();

        oracle(setup).blocks(PrefixesTest::canonical, ways).bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aPathThatAFilterRewritesCountsForWhatItBecomes(Setup setup) {
        List<Way> ways = Stream.of(
                        with("X-Original-URL", "/limited/7", "/free"),
                        with("X-Rewrite-URL", "/limited/7", "/free"),
                        with("X-Original-URL", "/limited/7", "/other"),
                        with("X-Original-URL", "/limited/7", "/"),
                        with("X-Original-URL", "/limited;a=b/7", "/free"),
                        with("X-Original-URL", "/%6cimited/7", "/free"),
                        with("X-Original-URL", "/limited/7/", "/free"),
                        with("X-Rewrite-URL", "/limited/8", "/free/x"))
                .map(way -> way.after(Front::rewritesPaths))
                .toList();

        oracle(setup).blocks(PrefixesTest::canonical, ways).bounds(ways);
    }

    /** The container has chosen the servlet by what was sent, whatever a filter says afterwards. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aPathThatAFilterRewritesCountsForWhatItWasToo(Setup setup) {
        List<Way> ways = Stream.of("/free", "/other", "/", "", "/plain;x", "/free/../free", "/%", "no-slash")
                .map(claimed -> with("X-Original-URL", claimed, "/plain/b").after(Front::rewritesPaths))
                .toList();

        new Oracle(
                        setup,
                        () -> new Parts()
                                .rule(five("plain", "/plain/**"))
                                .settings(WebSettings.defaults().withExclude("/free/**")))
                .blocks(server -> server.request("GET", "/plain/b"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void headersThatNobodyReadsChangeNothing(Setup setup) {
        List<Way> ways = List.of(
                with("X-Original-URL", "/free", "/limited/7"),
                with("X-Rewrite-URL", "/free", "/limited/7"),
                with("X-Forwarded-Prefix", "/free", "/limited/7"),
                with("X-Forwarded-Path", "/free", "/limited/7"),
                with("X-Forwarded-Uri", "/free", "/limited/7"),
                with("X-Script-Name", "/free", "/limited/7"),
                with("Forwarded", "path=/free;prefix=/free", "/limited/7"),
                with("X-Envoy-Original-Path", "/free", "/limited/7"));

        oracle(setup).blocks(PrefixesTest::canonical, ways).bounds(ways);
    }

    /** A rule for /limited/{id} means the handler, wherever its servlet is mapped. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void theServletsPrefixDoesNotEscape(Setup setup) {
        List<Way> ways = Stream.of(
                        "/prefixed/limited/7",
                        "/prefixed/limited/%37",
                        "/prefixed;a=b/limited/7",
                        "/prefixed/./limited/7",
                        "/prefixed//limited/7",
                        "/%70refixed/limited/7",
                        "/x/../prefixed/limited/7",
                        "/prefixed/limited/7/",
                        "/prefixed/x/../limited/7")
                .map(Way::path)
                .toList();

        oracle(setup).blocks(PrefixesTest::canonical, ways).bounds(ways);
        new Oracle(setup, () -> new Parts().rule(five("limited", "/prefixed/limited/{id}")))
                .blocks(server -> server.request("GET", "/prefixed/limited/7"), ways)
                .bounds(ways);
        List<Way> variables = Stream.of("/prefixed/items/../b", "/prefixed/items/x/..", "/prefixed/items/%2e%2e/b")
                .map(Way::path)
                .toList();
        new Oracle(setup, () -> new Parts().rule(five("items", "/prefixed/items/{a}/{b}")))
                .blocks(server -> server.request("GET", "/prefixed/items/a/b"), variables)
                .bounds(variables);
    }
}
