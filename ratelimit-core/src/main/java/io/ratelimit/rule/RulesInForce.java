package io.ratelimit.rule;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The rules in force and their version, from 1, which grows by one with each change.
 *
 * <p>Whoever decides about one thing in several steps asks for a {@link #snapshot} once and stays with it. Safe for any number
 * of threads: reading is one volatile read, and a change is seen by all or by none.
 */
public final class RulesInForce {
    private final List<Function<? super RuleSet, ? extends Runnable>> interested = new CopyOnWriteArrayList<>();
    private volatile Snapshot snapshot;

    /** Puts the first rules in force. */
    public RulesInForce(RuleSet rules) {
        this.snapshot = new Snapshot(rules, 1);
    }

    /**
     * The rules of one version.
     *
     * @param rules the rules
     * @param version the version, from 1
     */
    public record Snapshot(RuleSet rules, long version) {
        /** Checks that the rules are there. */
        public Snapshot {
            Objects.requireNonNull(rules, "rules");
        }
    }

    /** Returns the rules and their version. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** Returns the rules. */
    public RuleSet rules() {
        return snapshot.rules();
    }

    /**
     * Registers who has to know of changes.
     *
     * @param prepare is called with new rules before they are in force, and returns what is to run when they are; an exception
     *     refuses the change as a whole
     */
    public void onChange(Function<? super RuleSet, ? extends Runnable> prepare) {
        interested.add(prepare);
    }

    /**
     * Puts other rules in force, or none of them if anybody who registered refuses.
     *
     * @return the new version
     * @throws RuntimeException whatever {@link #onChange the one who refuses} throws; the rules before stay in force
     */
    public synchronized long replace(RuleSet rules) {
        List<? extends Runnable> prepared =
                interested.stream().map(prepare -> prepare.apply(rules)).toList();
        snapshot = new Snapshot(rules, snapshot.version() + 1);
        prepared.forEach(Runnable::run);
        return snapshot.version();
    }
}
