package io.ratelimit.spring.autoconfigure;

import java.util.Locale;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless {@code ratelimit.enabled} says no. A value that says neither yes nor no matches too, because then the
 * properties are bound, and refuse it, where otherwise a typing error would silently leave an application unlimited.
 */
final class OnRateLimitEnabledCondition extends SpringBootCondition {
    private static final String PROPERTY = "ratelimit.enabled";
    private static final Set<String> NO = Set.of("false", "off", "no", "0");

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String value =
                context.getEnvironment().getProperty(PROPERTY, "true").strip().toLowerCase(Locale.ROOT);
        ConditionMessage.Builder message = ConditionMessage.forCondition(PROPERTY);
        return NO.contains(value)
                ? ConditionOutcome.noMatch(message.because("it is " + value))
                : ConditionOutcome.match(message.because("it does not say no"));
    }
}
