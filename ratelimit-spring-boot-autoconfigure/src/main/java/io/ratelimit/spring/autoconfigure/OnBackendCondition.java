package io.ratelimit.spring.autoconfigure;

import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if the backend is the one that {@link Backends} chooses. */
final class OnBackendCondition extends SpringBootCondition implements ConfigurationCondition {
    private static final String PROPERTY = "ratelimit.backend";

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnBackend.class);
        Backend wanted =
                metadata.getAnnotations().get(ConditionalOnBackend.class).getEnum("value", Backend.class);
        String text = context.getEnvironment().getProperty(PROPERTY, "").strip();
        Backend asked = named(text);
        if (!text.isEmpty() && asked != wanted) {
            return ConditionOutcome.noMatch(message.because(PROPERTY + " is " + text));
        }
        Backend chosen =
                Backends.choose(asked, Objects.requireNonNull(context.getBeanFactory()), context.getEnvironment());
        return new ConditionOutcome(chosen == wanted, message.because("the backend is " + chosen.id()));
    }

    private static @Nullable Backend named(String text) {
        return Arrays.stream(Backend.values())
                .filter(backend -> backend.id().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null);
    }
}
