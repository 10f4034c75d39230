package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.spring.web.plain.PlainRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestExpressionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "#headers['X-Tenant']"                              | acme
            "#headers['x-tenant']"                              | acme
            "#headers['X-None']"                                |
            "#headers['X-None'] ?: 'free'"                      | free
            "#header('X-Tenant')"                               | acme
            "#header('X-None')"                                 |
            "#request.getHeader('X-Tenant')"                    | acme
            "#request.method"                                   | GET
            "#request.remoteAddr"                               | 127.0.0.1
            "#request.getAttribute('plan')"                     | gold
            "#query['q']"                                       | a b
            "#query['none']"                                    |
            "#id"                                               | 7
            "#q"                                                | a b
            "#none"                                             |
            "#id + ':' + #headers['X-Tenant']"                  | 7:acme
            "#headers['X-Tenant'].toUpperCase()"                | ACME
            "#headers['X-Tenant'].length() > 3 ? 'long' : 'no'" | long
            "method"                                            | GET
            """)
    void readsTheRequest(String expression, String value) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/items/7");
        request.addHeader("X-Tenant", "acme");
        request.setQueryString("q=a+b&id=forged&q=second");
        request.setAttribute("plan", "gold");

        assertThat(RequestExpression.parse("key", expression).evaluate(plain(request), Map.of("id", "7")))
                .isEqualTo(value);
    }

    private static PlainRequest plain(MockHttpServletRequest request) {
        PlainRequest plain = new PlainRequest("GET", "/items/7?" + request.getQueryString()) {
            @Override
            public Object nativeRequest() {
                return request;
            }
        };
        request.getHeaderNames().asIterator().forEachRemaining(name -> plain.header(name, request.getHeader(name)));
        return plain;
    }

    @Test
    void expressionsReachNothingButTheRequest() {
        for (String text : List.of(
                "#request.getClass().forName('java.lang.Runtime')",
                "#request.class.classLoader",
                "T(java.lang.Runtime).getRuntime()",
                "new java.util.Date()",
                "@switchboard",
                "&switchboard",
                "#request = 1",
                "#request.method = 'X'",
                "#headers.getClass()",
                "#request.getClass()")) {
            MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
            assertThatThrownBy(() -> RequestExpression.parse("key", text).evaluate(plain(request), Map.of()))
                    .as(text)
                    .isInstanceOf(Exception.class);
        }
    }

    @Test
    void anExpressionThatDoesNotParseIsToldWithItsPlace() {
        assertThatThrownBy(() -> RequestExpression.parse("key", "#request.("))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key: \"#request.(\" (expected: ");
    }
}
