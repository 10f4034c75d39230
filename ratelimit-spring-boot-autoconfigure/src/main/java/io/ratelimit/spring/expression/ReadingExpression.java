package io.ratelimit.spring.expression;

import io.ratelimit.limit.Quoted;
import java.util.Set;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
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

    /**
     * Parses an expression over variables alone: there is no object whose properties it could read without naming one.
     *
     * @param variables the names that it may use, without the {@code #}
     * @throws IllegalArgumentException as {@link #parse(String)} does, and if it reads anything else
     */
    public static SpelExpression parse(String text, Set<String> variables) {
        SpelExpression expression = parse(text);
        requireVariables(expression.getAST(), false, variables);
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

    /**
     * Checks what a part of an expression reads.
     *
     * @param hasTarget whether it is read from the part before it
     */
    private static void requireVariables(SpelNode node, boolean hasTarget, Set<String> variables) {
        if (node instanceof VariableReference || node instanceof FunctionReference) {
            String reference = node.toStringAST();
            String name = reference.substring(1).split("\\(", 2)[0];
            boolean element = name.equals("this") && hasTarget;
            if (!element && !variables.contains(name)) {
                throw new IllegalArgumentException("reads #" + name + ", which is not there");
            }
        }
        if (!hasTarget && (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
            throw new IllegalArgumentException(
                    "reads " + node.toStringAST() + " of nothing; did you mean #" + node.toStringAST() + "?");
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            requireVariables(node.getChild(i), givesTarget(node, i, hasTarget), variables);
        }
    }

    private static boolean givesTarget(SpelNode node, int child, boolean hasTarget) {
        return (hasTarget && !(node instanceof MethodReference))
                || (node instanceof CompoundExpression && child > 0)
                || node instanceof Indexer
                || node instanceof Projection
                || node instanceof Selection;
    }

    /** Returns a text escaped and cut: it may hold what was written. */
    private static String plain(String text) {
        String quoted = Quoted.text(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
