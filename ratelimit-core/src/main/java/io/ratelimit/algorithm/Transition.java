package io.ratelimit.algorithm;

import io.ratelimit.limit.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What an operation makes of a state.
 *
 * @param state the state afterwards; {@code null} if there was none and nothing was taken
 * @param verdict the answer
 * @param changed whether the state has to be stored
 * @param <S> the state
 */
public record Transition<S>(@Nullable S state, Verdict verdict, boolean changed) {
    static <S> Transition<S> to(S state, Verdict verdict) {
        return new Transition<>(state, verdict, true);
    }

    static <S> Transition<S> unchanged(@Nullable S state, Verdict verdict) {
        return new Transition<>(state, verdict, false);
    }
}
