package io.ratelimit.spring.annotation;

import static io.ratelimit.spring.annotation.Denials.assertAdmits;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a call when the web layer cannot tell who is asking, or nobody is to be limited. */
class DefectiveWebTest {
    static class Mailer {
        @RateLimited("1/1m")
        public void send() {}
    }

    static class Reports {
        @RateLimited(name = "reports")
        public void build() {}
    }

    private record Web(WebLayer.RequestCall request) implements WebLayer {
        @Override
        public boolean limitsHandlers() {
            return true;
        }

        @Override
        public Optional<RequestCall> currentRequest() {
            return Optional.of(request);
        }
    }

    private static class Exempt implements WebLayer.RequestCall {
        @Override
        public Optional<RuleDemand> demand(Rule rule) {
            return Optional.empty();
        }

        @Override
        public Optional<RuleDecision> acquireOnce(List<Rule> rules) {
            return Optional.empty();
        }
    }

    private static final class Broken extends Exempt {
        @Override
        public Optional<RuleDemand> demand(Rule rule) {
            throw new IllegalStateException("broken");
        }

        @Override
        public Optional<RuleDecision> acquireOnce(List<Rule> rules) {
            throw new IllegalStateException("broken");
        }
    }

    @Test
    void countsTogetherWhomTheWebLayerFailsToTell() {
        try (LimitedApplication application = new LimitedApplication().web(new Web(new Broken()))) {
            Mailer mailer = application.start(Mailer.class).bean(Mailer.class);

            assertAdmits(1, mailer::send);
            assertThat(application.errors).containsExactly("key", "key");
        }
    }

    @Test
    void limitsNobodyWhomTheWebLayerExempts() {
        try (LimitedApplication application = new LimitedApplication().web(new Web(new Exempt()))) {
            Mailer mailer = application.start(Mailer.class).bean(Mailer.class);

            for (int i = 0; i < 5; i++) {
                mailer.send();
            }
            assertThat(application.decisions).isEmpty();
        }
    }

    @Test
    void countsTheCallWhereTheRequestCannotBeCharged() {
        try (LimitedApplication application = new LimitedApplication().web(new Web(new Broken()))) {
            Reports reports = application
                    .rules(Rule.named("reports")
                            .paths("/reports")
                            .limits(Limit.parse("1/1m"))
                            .build())
                    .start(Reports.class)
                    .bean(Reports.class);

            assertAdmits(1, reports::build);
            assertThat(application.errors).containsExactly("decision", "decision");
        }
    }
}
