package io.ratelimit.spring.autoconfigure;

import java.util.Set;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Checks expressions: that they parse, and that what they yield can be used, as far as that shows before a request. */
final class ExpressionCheck {
    private static final Set<String> YIELDS_BOOLEAN = Set.of(
            "BooleanLiteral",
            "OpAnd",
            "OpOr",
            "OperatorNot",
            "OpEQ",
            "OpNE",
            "OpLT",
            "OpLE",
            "OpGT",
            "OpGE",
            "OperatorInstanceof",
            "OperatorMatches",
            "OperatorBetween");
    private static final Set<String> YIELDS_OTHER =
            Set.of("NullLiteral", "InlineList", "InlineMap", "Projection", "Selection", "TypeReference");

    private final SpelExpressionParser parser = new SpelExpressionParser();
    private final Problems problems;

    ExpressionCheck(Problems problems) {
        this.problems = problems;
    }

    /** Checks an expression that has to yield a text or a number. */
    void checkKey(String property, String expression) {
        check(property, expression, "a text or a number", "\"#request.getHeader('X-Tenant')\"", Set.of());
    }

    /** Checks an expression that has to yield a number. */
    void checkCost(String property, String expression) {
        check(property, expression, "a number", "\"#request.getContentLengthLong() / 1024\"", Set.of("StringLiteral"));
    }

    private void check(String property, String text, String yields, String example, Set<String> alsoWrong) {
        try {
            SpelExpression expression = parser.parseRaw(text);
            String node = resultOf(expression.getAST());
            if (YIELDS_BOOLEAN.contains(node) || YIELDS_OTHER.contains(node) || alsoWrong.contains(node)) {
                problems.add(
                        property,
                        text,
                        "the expression never yields " + yields,
                        "an expression for " + yields,
                        example);
            }
        } catch (ParseException invalid) {
            problems.add(
                    property,
                    text,
                    "the expression does not parse: " + Problems.plain(invalid.getSimpleMessage()) + " (at character "
                            + invalid.getPosition() + ")",
                    "a SpEL expression for " + yields,
                    example);
        } catch (IllegalStateException unparsable) {
            problems.add(property, text, "the expression does not parse", "a SpEL expression for " + yields, example);
        }
    }

    /** Returns the kind of the node whose value is the expression's: of a chain such as {@code #a.b} the last. */
    private static String resultOf(SpelNode node) {
        SpelNode result = node;
        while (result.getClass().getSimpleName().equals("CompoundExpression") && result.getChildCount() > 0) {
            result = result.getChild(result.getChildCount() - 1);
        }
        return result.getClass().getSimpleName();
    }
}
