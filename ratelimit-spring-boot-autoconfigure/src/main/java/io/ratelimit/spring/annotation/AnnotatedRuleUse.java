package io.ratelimit.spring.annotation;

import io.ratelimit.rule.Rule;
import java.util.List;
import java.util.Set;

/** What annotations in the code limit, beside the configuration; complete when the application has started. */
public interface AnnotatedRuleUse {
    /** Returns the rules that annotations define, in no order. */
    List<Rule> ownRules();

    /** Returns the ids of the configuration's rules that annotations name. */
    Set<String> namedRules();

    /** Returns the handlers of web requests whose annotations have no effect here, by class and method. */
    List<String> idleHandlers();
}
