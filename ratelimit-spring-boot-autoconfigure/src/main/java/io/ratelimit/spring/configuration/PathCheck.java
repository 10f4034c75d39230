package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Quoted;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.util.ClassUtils;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Checks path patterns against the way in which requests are matched: decoded, normalised, and without a query. */
final class PathCheck {
    private static final boolean PATTERNS_PRESENT = ClassUtils.isPresent(
            "org.springframework.web.util.pattern.PathPatternParser", PathCheck.class.getClassLoader());
    private static final Pattern IN_BRACES = Pattern.compile("\\{(?:[^{}]|\\{[^{}]*})*}");
    private static final Pattern ENCODED = Pattern.compile("%[0-9A-Fa-f]{2}");
    private static final Pattern NOT_NORMAL = Pattern.compile("//|/\\.{1,2}(/|$)");
    private static final String EXAMPLE = "/api/orders/{id}";

    private final Problems problems;

    PathCheck(Problems problems) {
        this.problems = problems;
    }

    /** Checks one pattern. */
    boolean check(String property, String pattern) {
        String literal = IN_BRACES.matcher(pattern).replaceAll("{}");
        if (!pattern.startsWith("/")) {
            add(property, pattern, "the pattern does not start with /", "a path within the application");
        } else if (literal.indexOf('?') >= 0) {
            add(
                    property,
                    pattern,
                    "the pattern has a query, which is no part of the path",
                    "a path alone; for any one character write {name:.} in place of ?");
        } else if (literal.indexOf(';') >= 0) {
            add(property, pattern, "the pattern has matrix parameters, which are not matched", "a path without ;");
        } else if (literal.indexOf('#') >= 0) {
            add(property, pattern, "the pattern has a fragment, which no request has", "a path without #");
        } else if (ENCODED.matcher(literal).find()) {
            add(property, pattern, "the pattern is percent-encoded, but paths are matched decoded", "the decoded path");
        } else if (NOT_NORMAL.matcher(literal).find()) {
            add(
                    property,
                    pattern,
                    "the pattern has an empty or a dot segment, but paths are matched normalised",
                    "a path without //, /./ and /../");
        } else if (literal.chars().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            add(property, pattern, "the pattern has a blank or a control character", "a path without blanks");
        } else {
            return !PATTERNS_PRESENT || parses(property, pattern);
        }
        return false;
    }

    /** Adds a problem if an excluded pattern covers a rule's pattern, which then can never match. */
    void checkNotExcluded(String property, String pattern, List<String> excluded) {
        for (String exclusion : excluded) {
            if (exclusion.equals(pattern) || (PATTERNS_PRESENT && PatternParser.covers(exclusion, pattern))) {
                add(
                        property,
                        pattern,
                        "ratelimit.exclude has " + Quoted.text(exclusion) + ", so the rule can never apply here",
                        "a path that is not excluded");
                return;
            }
        }
    }

    private boolean parses(String property, String pattern) {
        String refused = PatternParser.refuse(pattern);
        if (refused != null) {
            add(property, pattern, refused, "a path pattern of Spring");
        } else if (hasCapturingGroup(pattern)) {
            add(
                    property,
                    pattern,
                    "the pattern has a capturing group, at which matching would fail for each request",
                    "groups written as (?:...)");
        } else {
            return true;
        }
        return false;
    }

    private static boolean hasCapturingGroup(String pattern) {
        return IN_BRACES
                .matcher(pattern)
                .results()
                .map(MatchResult::group)
                .filter(variable -> variable.indexOf(':') >= 0)
                .map(variable -> variable.substring(variable.indexOf(':') + 1, variable.length() - 1))
                .anyMatch(PathCheck::groups);
    }

    private static boolean groups(String expression) {
        try {
            return Pattern.compile(expression).matcher("").groupCount() > 0;
        } catch (PatternSyntaxException cutAtAnEscapedBrace) {
            return false;
        }
    }

    private void add(String property, String pattern, String reason, String expected) {
        problems.add(property, pattern, reason, expected + ", such as " + EXAMPLE, EXAMPLE);
    }

    /** Apart, because an application without the web need not have these classes. */
    private static final class PatternParser {
        static @Nullable String refuse(String pattern) {
            try {
                PathPatternParser.defaultInstance.parse(pattern);
                return null;
            } catch (PatternParseException invalid) {
                return Problems.plain(String.valueOf(invalid.getMessage())) + " at character " + invalid.getPosition();
            }
        }

        /** Compares a pattern as if it were a path, whose variables and wildcards are segments that nobody writes. */
        static boolean covers(String exclusion, String pattern) {
            if (pattern.indexOf('*') >= 0 && !exclusion.endsWith("/**")) {
                return false;
            }
            try {
                return PathPatternParser.defaultInstance
                        .parse(exclusion)
                        .matches(PathContainer.parsePath(
                                IN_BRACES.matcher(pattern).replaceAll("\\u0001")));
            } catch (IllegalArgumentException toldElsewhere) {
                return false;
            }
        }
    }
}
