package io.ratelimit.spring.configuration;

import io.ratelimit.spring.expression.ReadingExpression;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BooleanLiteral;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.InlineList;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.NullLiteral;
import org.springframework.expression.spel.ast.OpAnd;
import org.springframework.expression.spel.ast.OpEQ;
import org.springframework.expression.spel.ast.OpGE;
import org.springframework.expression.spel.ast.OpGT;
import org.springframework.expression.spel.ast.OpLE;
import org.springframework.expression.spel.ast.OpLT;
import org.springframework.expression.spel.ast.OpNE;
import org.springframework.expression.spel.ast.OpOr;
import org.springframework.expression.spel.ast.OperatorBetween;
import org.springframework.expression.spel.ast.OperatorInstanceof;
import org.springframework.expression.spel.ast.OperatorMatches;
import org.springframework.expression.spel.ast.OperatorNot;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.StringLiteral;

/**
 * Checks expressions over the request: that they parse and use what is available, and that what they yield can be used, as
 * far as that shows before a request.
 */
final class ExpressionCheck {
    /** What yields a truth value, a collection or nothing. */
    private static final List<Class<? extends SpelNode>> NEITHER_TEXT_NOR_NUMBER = List.of(
            BooleanLiteral.class,
            OpAnd.class,
            OpOr.class,
            OperatorNot.class,
            OpEQ.class,
            OpNE.class,
            OpLT.class,
            OpLE.class,
            OpGT.class,
            OpGE.class,
            OperatorInstanceof.class,
            OperatorMatches.class,
            OperatorBetween.class,
            NullLiteral.class,
            InlineList.class,
            InlineMap.class,
            Projection.class,
            Selection.class);

    private static final List<Class<? extends SpelNode>> NO_NUMBER = Stream.concat(
                    NEITHER_TEXT_NOR_NUMBER.stream(), Stream.of(StringLiteral.class))
            .toList();

    private final Problems problems;

    ExpressionCheck(Problems problems) {
        this.problems = problems;
    }

    /** Checks an expression that has to yield a text or a number. */
    void checkKey(String property, String expression) {
        check(
                property,
                expression,
                "a text or a number",
                "\"#request.getHeader('X-Tenant')\"",
                NEITHER_TEXT_NOR_NUMBER);
    }

    /** Checks an expression that has to yield a number. */
    void checkCost(String property, String expression) {
        check(
                property,
                expression,
                "a number",
                "\"#request.contentLengthLong < 0 ? 100 : (#request.contentLengthLong - 1) / 1024 + 1\"",
                NO_NUMBER);
    }

    private void check(
            String property, String text, String yields, String example, List<Class<? extends SpelNode>> wrong) {
        String expected = "a SpEL expression over the request for " + yields;
        try {
            SpelNode result = resultOf(ReadingExpression.parse(text).getAST());
            if (wrong.stream().anyMatch(type -> type.isInstance(result))) {
                problems.add(property, text, "the expression never yields " + yields, expected, example);
            }
        } catch (IllegalArgumentException useless) {
            problems.add(property, text, "the expression " + useless.getMessage(), expected, example);
        }
    }

    /** Returns the node whose value is the expression's: of a chain such as {@code #a.b} the last. */
    private static SpelNode resultOf(SpelNode node) {
        SpelNode result = node;
        while (result instanceof CompoundExpression && result.getChildCount() > 0) {
            result = result.getChild(result.getChildCount() - 1);
        }
        return result;
    }
}
