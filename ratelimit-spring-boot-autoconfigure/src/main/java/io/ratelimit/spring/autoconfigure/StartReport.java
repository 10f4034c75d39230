package io.ratelimit.spring.autoconfigure;

import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.annotation.AnnotatedRuleUse;
import io.ratelimit.spring.configuration.ConfigurationWarnings;
import io.ratelimit.spring.configuration.RateLimitProperties;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/** Says in one line where the counters live, and in one line each what the configuration probably does not mean. */
final class StartReport implements ApplicationListener<ContextRefreshedEvent> {
    private static final Logger log = LoggerFactory.getLogger(StartReport.class);
    private static final String SECURITY_FILTER = "springSecurityFilterChain";

    private static final boolean SERVLETS_PRESENT = Stream.of(
                    "jakarta.servlet.ServletContext", "org.springframework.web.context.WebApplicationContext")
            .allMatch(type -> ClassUtils.isPresent(type, StartReport.class.getClassLoader()));

    private final ApplicationContext context;
    private final BackendChoice backend;
    private final RateLimitProperties properties;
    private final RulesInForce rules;
    private final ObjectProvider<AnnotatedRuleUse> annotations;

    StartReport(
            ApplicationContext context,
            BackendChoice backend,
            RateLimitProperties properties,
            RulesInForce rules,
            ObjectProvider<AnnotatedRuleUse> annotations) {
        this.context = context;
        this.backend = backend;
        this.properties = properties;
        this.rules = rules;
        this.annotations = annotations;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        // Contexts below this one, such as that of a management port, tell their events here too.
        if (event.getApplicationContext() != context) {
            return;
        }
        log.atLevel(backend.isSecondBest() ? Level.WARN : Level.INFO)
                .log("Rate limits are counted in {}, because {}", backend.place(), backend.reason());
        AnnotatedRuleUse use = annotations.getIfAvailable();
        if (context instanceof ReactiveWebApplicationContext) {
            log.warn(
                    "This is a reactive web application: ratelimit enforces nothing on its requests{}",
                    withoutEffect(use == null ? List.of() : use.idleHandlers()));
            return;
        }
        new ConfigurationWarnings(
                        properties,
                        rules.rules(),
                        context.containsBean(SECURITY_FILTER),
                        use != null && !use.ownRules().isEmpty(),
                        use == null ? Set.of() : use.namedRules(),
                        SERVLETS_PRESENT ? Servlets.contextPathOf(context) : "")
                .find()
                .forEach(log::warn);
    }

    private static String withoutEffect(List<String> handlers) {
        return handlers.isEmpty() ? "" : "; @RateLimited has no effect on its handlers: " + String.join(", ", handlers);
    }

    /** Apart, because an application without the web need not have these classes. */
    private static final class Servlets {
        static String contextPathOf(ApplicationContext context) {
            ServletContext servlets = context instanceof WebApplicationContext web ? web.getServletContext() : null;
            return servlets == null ? "" : servlets.getContextPath();
        }
    }
}
