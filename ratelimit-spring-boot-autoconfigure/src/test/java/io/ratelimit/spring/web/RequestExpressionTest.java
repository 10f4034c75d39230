package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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

        assertThat(RequestExpression.parse("key", expression).evaluate(request, Map.of("id", "7")))
                .isEqualTo(value);
    }
}
