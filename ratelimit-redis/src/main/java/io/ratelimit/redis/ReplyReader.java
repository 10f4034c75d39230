package io.ratelimit.redis;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;

/** Reads the integers that the script replies: see {@code decide.lua} for their order. */
final class ReplyReader {
    private static final Source SOURCE = new Source("redis");
    private static final int INTEGERS = 6;

    private final long[] reply;
    private int next;

    private ReplyReader(long[] reply) {
        this.reply = reply;
    }

    /**
     * Returns the decisions about the operations.
     *
     * @throws StoreException of kind {@code OTHER} if the reply is not one to these operations
     */
    static List<Decision> decisions(List<Operation> operations, long[] reply) {
        ReplyReader reader = new ReplyReader(reply);
        List<Decision> decisions = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            decisions.add(reader.decision(operation));
        }
        reader.requireEnd();
        return decisions;
    }

    /** Returns the decision about one operation, as {@link #decisions} does about several. */
    static Decision decision(Operation operation, long[] reply) {
        ReplyReader reader = new ReplyReader(reply);
        Decision decision = reader.decision(operation);
        reader.requireEnd();
        return decision;
    }

    private void requireEnd() {
        if (next != reply.length) {
            throw unexpected("of " + reply.length + " integers");
        }
    }

    /** The shadow demands are decided only if the enforced ones are all allowed. */
    private Decision decision(Operation operation) {
        List<LimitDecision> limits = answers(operation.demands());
        boolean shadowAsked = !operation.shadow().isEmpty() && limits.stream().allMatch(LimitDecision::allowed);
        return Decision.of(limits, shadowAsked ? answers(operation.shadow()) : List.of());
    }

    private List<LimitDecision> answers(List<Demand> demands) {
        List<LimitDecision> answers = new ArrayList<>(demands.size());
        for (Demand demand : demands) {
            answers.add(new LimitDecision(demand, verdict(), SOURCE));
        }
        return answers;
    }

    private Verdict verdict() {
        if (next + INTEGERS > reply.length) {
            throw unexpected("of " + reply.length + " integers");
        }
        long allowed = reply[next];
        long retryAfter = reply[next + 2];
        if (allowed < 0 || allowed > 1 || retryAfter < -1 || reply[next + 1] < 0 || reply[next + 3] < 0) {
            throw unexpected("with figures out of range");
        }
        Verdict verdict = new Verdict(
                allowed == 1,
                reply[next + 1],
                retryAfter == -1 ? Verdict.NEVER : retryAfter,
                reply[next + 3],
                reply[next + 4],
                reply[next + 5]);
        next += INTEGERS;
        return verdict;
    }

    private static StoreException unexpected(String what) {
        return new StoreException(
                StoreException.Kind.OTHER, "Redis: a reply " + what + " that the script never gives", null);
    }
}
