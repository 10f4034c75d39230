package io.ratelimit.spring.autoconfigure;

import java.util.Set;

/** What annotations in the code limit, beside the configuration; complete when the application has started. */
public interface AnnotatedRuleUse {
    /** Returns whether annotations have limits of their own. */
    boolean hasOwnRules();

    /** Returns the ids of the configuration's rules that annotations name. */
    Set<String> namedRules();
}
