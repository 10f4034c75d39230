package io.ratelimit.spring.autoconfigure;

import java.util.Optional;

/**
 * What the application has of one backend.
 *
 * @param seen what says that the backend is there, such as a property or a bean; empty if nothing does
 * @param missing why it cannot be used; empty if it can
 * @param bean the name of the bean that leads to it, if it is a bean of the application's that does
 */
public record BackendFinding(Optional<String> seen, Optional<String> missing, Optional<String> bean) {
    static BackendFinding usable(String seen) {
        return new BackendFinding(Optional.of(seen), Optional.empty(), Optional.empty());
    }

    static BackendFinding usableBy(String bean) {
        return new BackendFinding(Optional.of("the bean " + bean), Optional.empty(), Optional.of(bean));
    }

    static BackendFinding unusable(String seen, String missing) {
        return new BackendFinding(Optional.of(seen), Optional.of(missing), Optional.empty());
    }

    static BackendFinding nothing(String missing) {
        return new BackendFinding(Optional.empty(), Optional.of(missing), Optional.empty());
    }

    /** Returns whether it can be used. */
    public boolean isUsable() {
        return missing.isEmpty();
    }

    /** Returns why it cannot be used, in words that name what was seen of it; empty if it can be used. */
    public Optional<String> problem() {
        return missing.map(why -> seen.map(what -> what + " cannot be used: ").orElse("") + why);
    }
}
