package io.ratelimit.spring.expression;

import io.ratelimit.limit.Quoted;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Parses expressions that read what they are given and nothing else. One that wants more would fail whenever it is
 * evaluated, so it is refused here.
 */
public final class ReadingExpression {
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    private ReadingExpression() {}

    /**
     * Parses an expression.
     *
     * @throws IllegalArgumentException if it does not parse, or uses a type, a constructor, a bean or an assignment; the
     *     message says so, to stand behind the name of what does
     */
    public static SpelExpression parse(String text) {
        SpelExpression expression = parsed(text);
        requireAvailable(expression.getAST());
        return expression;
    }

    private static SpelExpression parsed(String text) {
        try {
            return PARSER.parseRaw(text);
        } catch (ParseException malformed) {
            throw new IllegalArgumentException(
                    "does not parse: " + plain(malformed.getSimpleMessage()) + " (at character "
                            + malformed.getPosition() + ")",
                    malformed);
        } catch (IllegalStateException malformed) {
            throw new IllegalArgumentException("does not parse", malformed);
        }
    }

    private static void requireAvailable(SpelNode node) {
        if (node instanceof TypeReference
                || node instanceof ConstructorReference
                || node instanceof BeanReference
                || node instanceof Assign
                || node instanceof OpInc
                || node instanceof OpDec) {
            throw new IllegalArgumentException("uses " + plain(node.toStringAST())
                    + ", and types, constructors, beans and assignments are not available");
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            requireAvailable(node.getChild(i));
        }
    }

    /** Returns a text escaped and cut: it may hold what was written. */
    private static String plain(String text) {
        String quoted = Quoted.text(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
