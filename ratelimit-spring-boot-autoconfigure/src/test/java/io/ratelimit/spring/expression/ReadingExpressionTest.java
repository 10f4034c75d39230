package io.ratelimit.spring.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingExpressionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "#a",
                "#a.b?.c(1)[0]",
                "#header('X-Tenant') ?: 'none'",
                "#a.?[#this > 1].![b]",
                "getHeader('x')",
                "#a < 0 ? 1 : (#a - 1) / 2",
                "#a matches '[a-z]+'"
            })
    void takesWhatOnlyReads(String text) {
        assertThat(ReadingExpression.parse(text).getExpressionString()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            #a + T(java.lang.Math).random() | T(java.lang.Math)
            #a instanceof T(String)         | T(String)
            #a.b(new Object())              | new Object()
            #a[@tenants.of(1)]              | @tenants
            #a ?: &factory                  | &factory
            #a.![b = 1]                     | b = 1
            #a.b++                          | b++
            {1, --#a}                       | --#a
            """)
    void refusesWhatIsNotAvailableAnywhereInIt(String text, String used) {
        assertThatThrownBy(() -> ReadingExpression.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("uses ")
                .hasMessageContaining(used)
                .hasMessageEndingWith("types, constructors, beans and assignments are not available");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#a.(", "#a +", "#a 'b\n'", "#{T(a)}"})
    void saysWhatDoesNotParse(String text) {
        assertThatThrownBy(() -> ReadingExpression.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("does not parse")
                .hasMessageNotContaining("\n");
    }
}
