package io.ratelimit.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.BindHandler;

/** Has {@link RateLimitProperties} bound by a {@link ProblemCollectingBindHandler}, and leaves all others alone. */
final class ProblemCollectingAdvisor implements ConfigurationPropertiesBindHandlerAdvisor {
    private final RateLimitConfigurationReader reader;

    ProblemCollectingAdvisor(RateLimitConfigurationReader reader) {
        this.reader = reader;
    }

    @Override
    public BindHandler apply(BindHandler bindHandler) {
        return new ProblemCollectingBindHandler(bindHandler, reader);
    }
}
