package io.ratelimit.store;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.store.StoreException.Fate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out operations over counters that no one place can decide about at one instant, such as those of several nodes of
 * a cluster: an operation is cut into pieces, each of which is atomic.
 *
 * <p>The pieces of an acquisition are made in order; when one is denied, what those before it took is given back. So an
 * acquisition is admitted only if every limit admits it, as in one place, and one that is denied leaves no trace. Between
 * the two, others may be denied for the permits that are about to be given back: at most those of the acquisitions under
 * way. If the place they are to be given back to fails meanwhile, they stay taken until they leave their window.
 *
 * <p>An acquisition that fails has one {@link Fate} for all of its pieces. It is {@link Fate#NOT_CARRIED_OUT} only if every
 * place is as it was. Otherwise it is {@link Fate#UNKNOWN}: something could not be given back, or nobody knows whether the
 * piece that failed was carried out, in which case those before it stay taken as well. So whoever charges anew what was not
 * carried out charges nobody twice; what a place took of it may be less than all.
 *
 * <p>Safe for any number of threads.
 */
public final class PiecewiseExecutor {
    private static final Logger log = LoggerFactory.getLogger(PiecewiseExecutor.class);

    private final Function<Operation, CompletionStage<Decision>> atomic;
    private final Function<Key, ?> place;

    /**
     * Creates an executor.
     *
     * @param atomic carries out an operation whose keys are all in one place; one that throws has failed
     * @param place where a key is, as a value that is equal for all keys in the same place
     */
    public PiecewiseExecutor(Function<Operation, CompletionStage<Decision>> atomic, Function<Key, ?> place) {
        Objects.requireNonNull(atomic, "atomic");
        this.atomic = operation -> StoreException.guard(() -> atomic.apply(operation));
        this.place = Objects.requireNonNull(place, "place");
    }

    /** Returns whether all keys are in one place, so that nothing has to be cut. */
    public boolean isWhole(List<Key> keys) {
        if (keys.size() > 1) {
            Object first = place.apply(keys.get(0));
            for (Key key : keys) {
                if (!place.apply(key).equals(first)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Carries out operations one after the other, each as {@link #execute}. */
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        CompletionStage<List<Decision>> all = CompletableFuture.completedFuture(new ArrayList<>(operations.size()));
        for (Operation operation : operations) {
            all = all.thenCompose(done -> execute(operation)
                    .thenApply(decision -> {
                        done.add(decision);
                        return done;
                    })
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(behind(done, failure))));
        }
        return all;
    }

    /** Some of the operations have been carried out, unless it was the first that failed. */
    private static StoreException behind(List<Decision> done, Throwable failure) {
        StoreException known = StoreException.of(failure);
        return done.isEmpty() ? known : known.withFate(Fate.UNKNOWN);
    }

    /** Carries out the operation: whole if it can be, and otherwise in pieces. */
    public CompletionStage<Decision> execute(Operation operation) {
        if (isWhole(operation.keys())) {
            return atomic.apply(operation);
        }
        return switch (operation.kind()) {
            case ACQUIRE -> decide(operation, demands -> new Acquisition(pieces(demands)).begin());
            case PEEK -> decide(operation, this::peek);
            case CHARGE -> together(pieces(operation.demands(), Demand::key, Operation.Charge::new));
            case RESET -> together(pieces(operation.demands(), Demand::key, Operation.Reset::new));
            case REFUND ->
                together(pieces(
                        ((Operation.Refund) operation).grants(),
                        grant -> grant.demand().key(),
                        Operation.Refund::new));
        };
    }

    /** Some of the counters of an operation, which are all in one place. */
    private record Piece(List<Integer> positions, Operation operation) {}

    /** The answers to the demands of an operation, in the order asked, which the pieces need not keep. */
    private static final class Answers {
        private final LimitDecision[] byPosition;

        Answers(List<Piece> pieces) {
            this.byPosition = new LimitDecision
                    [pieces.stream().mapToInt(piece -> piece.positions().size()).sum()];
        }

        void put(Piece piece, Decision answer) {
            for (int i = 0; i < piece.positions().size(); i++) {
                byPosition[piece.positions().get(i)] = answer.limits().get(i);
            }
        }

        /** Nobody waits for a turn in a request that is denied. */
        List<LimitDecision> list() {
            List<LimitDecision> all = List.of(byPosition);
            return all.stream().allMatch(LimitDecision::allowed)
                    ? all
                    : all.stream().map(LimitDecision::withoutDelay).toList();
        }
    }

    private <T> List<Piece> pieces(List<T> all, Function<T, Key> keyOf, Function<List<T>, Operation> operation) {
        Map<Object, List<Integer>> positions = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            positions
                    .computeIfAbsent(place.apply(keyOf.apply(all.get(i))), unused -> new ArrayList<>())
                    .add(i);
        }
        return positions.values().stream()
                .map(places -> new Piece(
                        places, operation.apply(places.stream().map(all::get).toList())))
                .toList();
    }

    private List<Piece> pieces(List<Demand> demands) {
        return pieces(demands, Demand::key, some -> new Operation.Acquire(some, List.of()));
    }

    private interface Asking {
        CompletionStage<List<LimitDecision>> ask(List<Demand> demands);
    }

    /** The shadow demands follow if the enforced ones are allowed, and their failure does not undo the decision. */
    private static CompletionStage<Decision> decide(Operation operation, Asking asking) {
        List<Demand> demands = operation.demands();
        List<Demand> shadow = operation.shadow();
        CompletionStage<List<LimitDecision>> enforced =
                demands.isEmpty() ? CompletableFuture.completedFuture(List.of()) : asking.ask(demands);
        return enforced.thenCompose(limits -> {
            if (shadow.isEmpty() || !limits.stream().allMatch(LimitDecision::allowed)) {
                return CompletableFuture.completedFuture(Decision.of(limits, List.of()));
            }
            CompletionStage<Decision> both = asking.ask(shadow).thenApply(answers -> Decision.of(limits, answers));
            return limits.isEmpty()
                    ? both
                    : both.exceptionally(failure -> {
                        log.debug("The shadow limits could not be asked", failure);
                        return Decision.of(limits, List.of());
                    });
        });
    }

    private CompletionStage<List<LimitDecision>> peek(List<Demand> demands) {
        List<Piece> pieces = pieces(demands, Demand::key, some -> new Operation.Peek(some, List.of()));
        Answers answers = new Answers(pieces);
        return allOf(pieces.stream()
                        .map(piece -> atomic.apply(piece.operation()).thenAccept(answer -> answers.put(piece, answer)))
                        .toList())
                .thenApply(done -> answers.list());
    }

    /** Carries out pieces one after the other; a failure behind the first leaves the operation half done. */
    private CompletionStage<Decision> together(List<Piece> pieces) {
        Answers answers = new Answers(pieces);
        CompletionStage<Void> done = carryOut(pieces.get(0), answers);
        for (Piece piece : pieces.subList(1, pieces.size())) {
            done = done.thenCompose(before -> carryOut(piece, answers)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                            StoreException.of(failure).withFate(Fate.UNKNOWN))));
        }
        return done.thenApply(all -> Decision.of(answers.list(), List.of()));
    }

    private CompletionStage<Void> carryOut(Piece piece, Answers answers) {
        return atomic.apply(piece.operation()).thenAccept(answer -> answers.put(piece, answer));
    }

    /** Takes from one place after the other until one denies. */
    private final class Acquisition {
        private final List<Piece> pieces;
        private final Answers answers;
        private final List<Decision> taken = new ArrayList<>();
        private volatile boolean stuck;

        Acquisition(List<Piece> pieces) {
            this.pieces = pieces;
            this.answers = new Answers(pieces);
        }

        CompletionStage<List<LimitDecision>> begin() {
            return next(0).thenApply(done -> answers.list());
        }

        private CompletionStage<Void> next(int index) {
            if (index == pieces.size()) {
                return CompletableFuture.completedFuture(null);
            }
            Piece piece = pieces.get(index);
            return atomic.apply(piece.operation())
                    .handle((answer, failure) -> {
                        if (failure != null) {
                            return giveUp(StoreException.of(failure));
                        }
                        answers.put(piece, answer);
                        if (answer.allowed()) {
                            taken.add(answer);
                            return next(index + 1);
                        }
                        return allOf(List.of(giveBack(), look(index + 1)))
                                .exceptionallyCompose(lost -> failed(StoreException.of(lost)));
                    })
                    .thenCompose(Function.identity());
        }

        private CompletionStage<Void> giveUp(StoreException failure) {
            // What may have been taken of one limit and is given back of another would be owed by nobody.
            return failure.fate() == Fate.UNKNOWN ? failed(failure) : giveBack().thenCompose(done -> failed(failure));
        }

        private CompletionStage<Void> failed(StoreException failure) {
            return CompletableFuture.failedFuture(stuck ? failure.withFate(Fate.UNKNOWN) : failure);
        }

        /** Gives back what was taken; the counters then look as if nothing had been. */
        private CompletionStage<Void> giveBack() {
            List<CompletionStage<Void>> given = new ArrayList<>();
            for (int i = 0; i < taken.size(); i++) {
                Piece counted = counted(pieces.get(i), taken.get(i));
                if (counted.positions().isEmpty()) {
                    continue;
                }
                given.add(atomic.apply(counted.operation())
                        .thenAccept(answer -> answers.put(counted, answer))
                        .exceptionally(lost -> {
                            stuck = true;
                            log.debug("Permits of a denied request could not be given back", lost);
                            return null;
                        }));
            }
            return allOf(given);
        }

        /** Returns what there is to give back of a piece: some of it may have been admitted without counting. */
        private Piece counted(Piece piece, Decision decision) {
            List<Integer> positions = new ArrayList<>();
            List<Grant> grants = new ArrayList<>();
            for (int i = 0; i < piece.positions().size(); i++) {
                Grant grant = decision.limits().get(i).grant().orElse(null);
                if (grant != null) {
                    positions.add(piece.positions().get(i));
                    grants.add(grant);
                }
            }
            return new Piece(positions, grants.isEmpty() ? piece.operation() : new Operation.Refund(grants));
        }

        /** The limits behind the one that denied say what they alone would have said. */
        private CompletionStage<Void> look(int from) {
            return allOf(pieces.subList(from, pieces.size()).stream()
                    .map(piece -> atomic.apply(
                                    new Operation.Peek(piece.operation().demands(), List.of()))
                            .thenAccept(answer -> answers.put(piece, answer))
                            .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                                    StoreException.of(failure).withFate(Fate.NOT_CARRIED_OUT))))
                    .toList());
        }
    }

    private static CompletionStage<Void> allOf(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }
}
