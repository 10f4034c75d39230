package io.ratelimit.spring.web;

import io.ratelimit.rule.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPattern.PathMatchInfo;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Finds the rules whose path patterns match, at a cost that does not grow with rules for other paths: patterns are kept in a
 * tree by the literal segments that they begin with, and only those on the way of a path are tried.
 *
 * <p>Immutable and safe for any number of threads.
 */
final class PathIndex {
    private final PathSensitivity sensitivity;
    private final Node root = new Node();

    /** Throws an {@link IllegalArgumentException} if a pattern cannot be parsed. */
    PathIndex(List<Rule> rules, PathSensitivity sensitivity) {
        this.sensitivity = sensitivity;
        PathPatternParser parser = new PathPatternParser();
        parser.setCaseSensitive(sensitivity == PathSensitivity.CASE_SENSITIVE);
        for (int order = 0; order < rules.size(); order++) {
            for (String path : rules.get(order).paths()) {
                String pattern = withoutSlashAtEnd(parser.initFullPathPattern(path));
                Node node = root;
                for (String segment : literalPrefix(pattern)) {
                    node = node.children.computeIfAbsent(folded(segment), absent -> new Node());
                }
                node.entries.add(new Entry(order, rules.get(order), parser.parse(pattern)));
            }
        }
    }

    /** What begins with the same literal segments. */
    private static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final List<Entry> entries = new ArrayList<>();
    }

    private record Entry(int order, Rule rule, PathPattern pattern) {}

    /**
     * Returns the rules that have a pattern for one of these paths, in the order of configuration.
     *
     * @param candidates which rules may apply for other reasons than the path; asked before a pattern is tried
     */
    List<RuleMatch> find(List<PathContainer> paths, Predicate<Rule> candidates) {
        Found found = new Found(candidates);
        for (int i = 0; i < paths.size(); i++) {
            PathContainer path = paths.get(i);
            found.add(root, path);
            Node node = root;
            List<PathContainer.Element> elements = path.elements();
            for (int at = 0; at < elements.size(); at++) {
                if (elements.get(at) instanceof PathContainer.PathSegment segment) {
                    node = child(node, segment.valueToMatch());
                    if (node == null) {
                        break;
                    }
                    found.add(node, path);
                }
            }
        }
        return found.matches;
    }

    /** Returns whether no rule has a path. */
    boolean isEmpty() {
        return root.entries.isEmpty() && root.children.isEmpty();
    }

    /** The rules found so far, each once. */
    private static final class Found {
        private final Predicate<Rule> candidates;
        private List<Entry> entries = List.of();
        private List<RuleMatch> matches = List.of();

        Found(Predicate<Rule> candidates) {
            this.candidates = candidates;
        }

        void add(Node node, PathContainer path) {
            for (int i = 0; i < node.entries.size(); i++) {
                Entry entry = node.entries.get(i);
                int place = placeOf(entry);
                if (place >= 0 && candidates.test(entry.rule())) {
                    PathMatchInfo match = entry.pattern().matchAndExtract(path);
                    if (match != null) {
                        if (matches.isEmpty()) {
                            entries = new ArrayList<>(2);
                            matches = new ArrayList<>(2);
                        }
                        entries.add(place, entry);
                        matches.add(
                                place, new RuleMatch(entry.rule(), entry.rule().key(), match.getUriVariables()));
                    }
                }
            }
        }

        /** Returns where the rule belongs in the order of configuration; a negative number if it is there already. */
        private int placeOf(Entry entry) {
            int place = entries.size();
            while (place > 0 && entries.get(place - 1).order() >= entry.order()) {
                place--;
                if (entries.get(place).order() == entry.order()) {
                    return -1;
                }
            }
            return place;
        }
    }

    private @Nullable Node child(Node node, String segment) {
        return node.children.get(folded(segment));
    }

    /** Folds case character by character, as patterns compare. */
    private String folded(String segment) {
        if (sensitivity == PathSensitivity.CASE_SENSITIVE) {
            return segment;
        }
        StringBuilder folded = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            folded.append(Character.toLowerCase(segment.charAt(i)));
        }
        return folded.toString();
    }

    /** The canonical path has no slash at the end, so neither has what it is compared with. */
    private static String withoutSlashAtEnd(String pattern) {
        return pattern.length() > 1 && pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
    }

    private static List<String> literalPrefix(String pattern) {
        List<String> segments = new ArrayList<>();
        for (String segment : pattern.split("/", -1)) {
            if (segment.chars().anyMatch(c -> "{}*?\\".indexOf(c) >= 0)) {
                break;
            }
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }
}
