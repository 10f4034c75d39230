package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.autoconfigure.Startup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Paths as other limiters, servers and shells write them: they parse, and match no request that their author means. */
class ForeignPathsTest {
    @ParameterizedTest(name = "{0} means {1}")
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '"',
            value = {
                "/api/.* /api/** /api/x/y",
                "/api/.+ /api/** /api/x/y",
                "/api/(.*) /api/** /api/x/y",
                "/api(/.*)? /api/** /api/x/y",
                "^/api/.*$ /api/** /api/x",
                "/api/.*/items /api/*/items /api/x/items",
                "/z/(a|b) /z/{name:a|b} /z/b",
                "/z/(?:a|b)/c /z/{name:a|b}/c /z/a/c",
                "/z/a|b /z/{name:a|b} /z/a",
                "/z/{a,b} /z/{name:a|b} /z/b",
                "^/api /api /api",
                "/^api /api /api",
                "/api/$ /api /api",
                "/api$ /api /api",
                "/api/[0-9]+ /api/{name:[0-9]+} /api/12",
                "/api/[^/]+/x /api/*/x /api/a/x",
                "/api/(\\d+)/v[12] /api/{name:\\d+}/{name2:v[12]} /api/7/v1",
                "/api/x\\.json /api/x.json /api/x.json",
                "/api/**.json /api/*.json /api/a.json",
                "/api** /api* /apis",
                "http://host:80/api /api /api",
                "https://host/api?x=1 /api /api",
                "/api?x=1 /api /api",
                "/api#top /api /api",
                "/a?c {name:a.c} /abc",
                "/api/:id /api/{id} /api/7",
                "/api/:id/:part /api/{id}/{part} /api/7/8",
                "/api/<id> /api/{id} /api/7",
                "/api/<int:id> /api/{id} /api/7",
                "api/x /api/x /api/x",
                "** /** /a/b",
                "*.json /**/*.json /b/a.json",
                "\"GET /api\" /api /api",
                "\"~* ^/api/.*\" /api/** /api/b",
                "/a/{b:(y|z)} /a/{b:(?:y|z)} /a/y",
            })
    void areRefusedWithThePatternThatWasMeant(String path, String meant, String matching) {
        String right = meant.startsWith("{") ? "/" + meant : meant;
        assertThat(refusalOf(path)).contains("example:  ratelimit.rules[0].path: " + right + System.lineSeparator());
        assertThat(pathsOf("path: '" + right + "'")).containsExactly(right);
        assertThat(PathPatternParser.defaultInstance.parse(right).matches(PathContainer.parsePath(matching)))
                .as("%s matches %s", right, matching)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a,/b", "/a, /b", "/a;/b", "/a /b", "/a|/b", "(/a|/b)", "^(/a|/b)$", "GET /a,/b"})
    void areRefusedWithAListWhereThereAreSeveralInOne(String path) {
        assertThat(refusalOf(path)).contains("example:  ratelimit.rules[0].paths: [/a, /b]");
    }

    @Test
    void areRefusedInListsAndAmongExclusions() {
        assertThat(Startup.refusalOf("ratelimit: {rules: [{id: a, limit: 5/1m, paths: [/x, /api/.*]}]}"))
                .contains("ratelimit.rules[0].paths[1]: \"/api/.*\"", "example:  ratelimit.rules[0].paths[1]: /api/**");
        assertThat(Startup.refusalOf("ratelimit: {rules: [{id: a, limit: 5/1m, paths: [/x, '/a|/b']}]}"))
                .contains("example:  ratelimit.rules[0].paths: [/a, /b]");
        assertThat(Startup.refusalOf("ratelimit: {exclude: [/x, '/static/(css|js)/.*']}"))
                .contains("ratelimit.exclude[1]", "example:  ratelimit.exclude[1]: /static/{name:css|js}/**");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/Products({id})",
                "/$metadata",
                "/v1/items:batch",
                "/items/{id}:cancel",
                "/report.*",
                "/*.json",
                "/.well-known/**",
                "/@{user}",
                "/~{user}/x",
                "/a,b/c",
                "/{x},{y}",
                "/c++/x",
                "/{a}{b}",
                "/{id:[0-9]+}",
                "/{id:[0-9]{2,3}}",
                "/{dot:\\\\..*}",
                "/**/x",
                "/x/{*rest}",
                "/a!b",
                "/grüße/**",
                "/a*b*c"
            })
    void leaveAlonePathsThatRequestsCanHave(String path) {
        assertThat(pathsOf("path: \"" + path + "\"")).containsExactly(path.replace("\\\\", "\\"));
    }

    private static String refusalOf(String path) {
        return Startup.refusalOf("ratelimit: {rules: [{id: a, limit: 5/1m, path: '" + path + "'}]}");
    }

    private static List<String> pathsOf(String line) {
        List<Rule> rules = new ArrayList<>();
        Startup.run("ratelimit: {rules: [{id: a, limit: 5/1m, " + line + "}]}", context -> {
            assertThat(context).hasNotFailed();
            rules.addAll(context.getBean(RuleSet.class).rules());
        });
        return rules.get(0).paths();
    }
}
