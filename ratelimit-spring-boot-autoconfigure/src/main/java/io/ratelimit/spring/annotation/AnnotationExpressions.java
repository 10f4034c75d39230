package io.ratelimit.spring.annotation;

import io.ratelimit.spring.expression.ReadingExpression;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;

/** Parses expressions, and refuses those that could only fail: also those with a name that nobody knows. */
final class AnnotationExpressions {
    /** The element at hand in a projection or selection. */
    private static final String THIS = "this";

    /** Ends what is told of a name that nobody knows at a method whose parameters have none. */
    static final String NAMELESS = "; parameters have names in classes that are compiled with -parameters (Kotlin:"
            + " -java-parameters), which this one was not";

    private AnnotationExpressions() {}

    /**
     * An expression that can work.
     *
     * @param expression the expression
     * @param variables the variables in it
     */
    record Checked(SpelExpression expression, Set<String> variables) {}

    /**
     * Parses an expression.
     *
     * @param known the variables that may be in it
     * @throws IllegalArgumentException if it cannot work; the message says why
     */
    static Checked parse(String text, Set<String> known) {
        SpelExpression expression = parse(text);
        Set<String> used = new LinkedHashSet<>();
        walk(expression.getAST(), false, used);
        for (String name : used) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("it reads #" + name + ", which is not there");
            }
        }
        return new Checked(expression, used);
    }

    private static SpelExpression parse(String text) {
        try {
            return ReadingExpression.parse(text);
        } catch (IllegalArgumentException useless) {
            throw new IllegalArgumentException("it " + useless.getMessage(), useless);
        }
    }

    private static void walk(SpelNode node, boolean hasTarget, Set<String> used) {
        if (node instanceof VariableReference variable) {
            String name = variable.toStringAST().substring(1);
            if (!name.equals(THIS) || !hasTarget) {
                used.add(name);
            }
        }
        if (node instanceof FunctionReference function) {
            String text = function.toStringAST();
            used.add(text.substring(1, text.indexOf('(')));
        }
        requireTarget(node, hasTarget);
        for (int i = 0; i < node.getChildCount(); i++) {
            walk(node.getChild(i), givesTarget(node, i, hasTarget), used);
        }
    }

    /** Whether a child is read from what stands before it, and not from the root, which is nothing. */
    private static boolean givesTarget(SpelNode node, int child, boolean hasTarget) {
        return (hasTarget && !(node instanceof MethodReference))
                || (node instanceof CompoundExpression && child > 0)
                || node instanceof Indexer
                || node instanceof Projection
                || node instanceof Selection;
    }

    private static void requireTarget(SpelNode node, boolean hasTarget) {
        boolean reads = node instanceof PropertyOrFieldReference || node instanceof MethodReference;
        if (reads && !hasTarget) {
            throw new IllegalArgumentException(
                    "it reads " + node.toStringAST() + " of nothing; did you mean #" + node.toStringAST() + "?");
        }
    }
}
