package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.rule.Rule;
import io.ratelimit.spring.annotation.RateLimitedSupport;
import io.ratelimit.spring.autoconfigure.AnnotatedRuleUse;
import java.util.List;
import java.util.Set;

/** What the annotations that were found limit. */
record SupportedRuleUse(RateLimitedSupport support) implements AnnotatedRuleUse {
    @Override
    public List<Rule> ownRules() {
        return support.ownRules();
    }

    @Override
    public Set<String> namedRules() {
        return support.namedRules();
    }

    @Override
    public List<String> idleHandlers() {
        return support.idleHandlers();
    }
}
