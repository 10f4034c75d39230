package io.ratelimit.spring.web.servlet;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.decision.DecisionWait;
import io.ratelimit.spring.web.GateAnswer;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestState;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Asks the gate about servlet requests: waits for its answers, and writes what they tell the client into the response. */
final class ServletGate implements RequestRules {
    private final RequestGate gate;

    ServletGate(RequestGate gate) {
        this.gate = gate;
    }

    GateAnswer enter(ServletWebRequest request, HttpServletResponse response, Set<Phase> phases) {
        return told(wait(request.state(), gate.enter(request.state(), phases)), response);
    }

    GateAnswer enterHandler(ServletWebRequest request, HttpServletResponse response, List<Rule> rules) {
        return told(wait(request.state(), gate.enterHandler(request.state(), rules)), response);
    }

    GateAnswer.Denied refuse(ServletWebRequest request, HttpServletResponse response, Decision denied) {
        return told(gate.refuse(request.state(), denied), response);
    }

    GateAnswer.Denied turnAway(ServletWebRequest request) {
        return gate.turnAway(request.state());
    }

    @Override
    public Optional<RuleDecision> acquire(HttpServletRequest request, List<Rule> rules) {
        ServletWebRequest asked = ServletWebRequest.of(request, gate);
        Optional<RuleDecision> made = wait(asked.state(), gate.acquire(asked.state(), rules));
        HttpServletResponse response = asked.response();
        if (response != null && !response.isCommitted()) {
            gate.headers(asked.state()).writeTo(response::setHeader);
        }
        return made;
    }

    @Override
    public Optional<RuleDemand> demand(HttpServletRequest request, Rule rule) {
        return gate.demand(ServletWebRequest.of(request, gate).state(), rule);
    }

    private static <T> T wait(RequestState state, CompletionStage<T> stage) {
        return DecisionWait.await(stage, state::giveUp);
    }

    private static <T extends GateAnswer> T told(T answer, HttpServletResponse response) {
        if (!response.isCommitted()) {
            answer.headers().writeTo(response::setHeader);
        }
        return answer;
    }
}
