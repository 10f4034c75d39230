package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            /a/b                 | /a/b
            /                    | /
            ""                   | /
            /a/b/                | /a/b
            //a///b              | /a/b
            /./a/./b/.           | /a/b
            /x/../a/y/z/../../b  | /a/b
            /../../a/b           | /a/b
            /%2e/a/%2E%2e/a/b    | /a/b
            /a;x=y/b;z           | /a/b
            /a/b;x=/c            | /a/b/c
            /..;/a/b             | /a/b
            /a%2fb               | /a/b
            /a%5Cb               | /a/b
            /a\\b                | /a/b
            /%61/%62             | /a/b
            /%2561               | /%2561
            /a%3bx               | /a%3Bx
            /a%25                | /a%25
            /a%                  | /a%25
            /a%2                 | /a%252
            /a%zz                | /a%25zz
            /ü                   | /%C3%BC
            /%c3%bc              | /%C3%BC
            http://h/a           | /a
            http://h             | /
            """)
    void foldsEquivalentSpellings(String raw, String canonical) {
        assertThat(CanonicalPath.of(raw).toContainer().value()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.c",
                "/a/..b",
                "/a/...",
                "/a%20b",
                "/%C3%BC",
                "/%e2%82%ac",
                "/a:b@c=d,e+f!$&'()*~",
                "/%22"
            })
    void knowsCanonicalSpellings(String path) {
        assertThat(PathSpelling.isCanonical(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "//",
                "/a//b",
                "/.",
                "/..",
                "/a/./b",
                "/a/../b",
                "/a/..",
                "/a;b",
                "/;",
                "/%61",
                "/%2e",
                "/%2F",
                "/%5c",
                "/%25",
                "/%3b",
                "/%00",
                "/%7f",
                "/%c0%af",
                "/%C1x",
                "/%ff",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a\\b",
                "/a b",
                "/ü",
                "/a?b",
                "/a#b",
                "/a\u0000",
                "http://h/a"
            })
    void knowsOtherSpellings(String path) {
        assertThat(PathSpelling.isCanonical(path)).isFalse();
    }
}
