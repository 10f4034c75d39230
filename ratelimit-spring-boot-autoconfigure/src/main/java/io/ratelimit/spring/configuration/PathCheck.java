package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Quoted;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
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
    private static final Pattern SEVERAL = Pattern.compile("[,;|\\s]\\s*\\^?/");
    private static final Pattern EXPRESSION = Pattern.compile("/\\.[*+](?=/|$)|\\.\\+|\\([^)]*\\.[*+]|\\)[*+?]|\\(\\?");
    private static final Pattern NOT_IN_PATHS = Pattern.compile("[\\\\\\[\\]<>^|`\"]|\\$$");
    private static final Pattern ROUTED = Pattern.compile("/:[A-Za-z_]");
    private static final Pattern STARS_IN_SEGMENT = Pattern.compile("[^/]\\*\\*|\\*\\*[^/]");
    private static final Pattern ALTERNATIVES = Pattern.compile("\\{[^{}:]+,[^{}:]+}");
    private static final String WILDCARDS =
            "* for anything in a segment, ** for all that follows, {name:expression} for a regular expression";
    private static final String EXAMPLE = "/api/orders/{id}";

    private final Problems problems;

    PathCheck(Problems problems) {
        this.problems = problems;
    }

    /** Why a pattern is refused. */
    private record Refusal(String reason, String expected) {}

    /** Checks one pattern, and adds a problem with the pattern that was meant as its example, if that is known. */
    boolean check(String property, String pattern) {
        Refusal refusal = refuse(pattern);
        if (refusal == null) {
            return true;
        }
        List<String> meant = MeantPath.of(pattern);
        if (!meant.stream().allMatch(path -> refuse(path) == null)) {
            add(property, pattern, refusal.reason(), refusal.expected());
        } else if (meant.size() == 1) {
            String path = meant.get(0);
            String expected = refusal.expected() + "; did you mean " + path + "?";
            problems.add(property, pattern, refusal.reason(), expected, path);
        } else {
            String list = property.replaceFirst("\\.path$", ".paths").replaceFirst("\\[\\d+]$", "");
            String line = list + ": [" + String.join(", ", meant) + "]";
            problems.addWithLine(property, pattern, refusal.reason(), refusal.expected(), line);
        }
        return false;
    }

    private static @Nullable Refusal refuse(String pattern) {
        String literal = IN_BRACES.matcher(pattern).replaceAll("{}");
        if (SEVERAL.matcher(literal).find()) {
            return new Refusal("the pattern holds several paths, and matches none of them", "one path in each");
        } else if (!pattern.startsWith("/")) {
            return new Refusal("the pattern does not start with /", "a path within the application");
        } else if (EXPRESSION.matcher(literal).find()) {
            return new Refusal(
                    "the pattern has a regular expression, which stands for itself outside of braces", WILDCARDS);
        } else if (NOT_IN_PATHS.matcher(literal).find()) {
            return new Refusal("the pattern has a character that stands for itself and is in no path", WILDCARDS);
        } else if (ROUTED.matcher(literal).find()) {
            return new Refusal("the pattern has a variable with a colon in place of braces", "a variable as {id}");
        } else if (STARS_IN_SEGMENT.matcher(literal).find()) {
            return new Refusal("the pattern has ** beside other characters, where it is no more than *", WILDCARDS);
        } else if (inBraces(pattern)
                .anyMatch(braces -> ALTERNATIVES.matcher(braces).matches())) {
            return new Refusal("the pattern has a list in braces, where a variable belongs", WILDCARDS);
        } else if (literal.indexOf('?') >= 0) {
            return new Refusal(
                    "the pattern has a query, which is no part of the path",
                    "a path alone; for any one character write {name:.} in place of ?");
        } else if (literal.indexOf(';') >= 0) {
            return new Refusal("the pattern has matrix parameters, which are not matched", "a path without ;");
        } else if (literal.indexOf('#') >= 0) {
            return new Refusal("the pattern has a fragment, which no request has", "a path without #");
        } else if (ENCODED.matcher(literal).find()) {
            return new Refusal("the pattern is percent-encoded, but paths are matched decoded", "the decoded path");
        } else if (NOT_NORMAL.matcher(literal).find()) {
            return new Refusal(
                    "the pattern has an empty or a dot segment, but paths are matched normalised",
                    "a path without //, /./ and /../");
        } else if (literal.chars().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            return new Refusal("the pattern has a blank or a control character", "a path without blanks");
        }
        String unparsable = PATTERNS_PRESENT ? PatternParser.refuse(pattern) : null;
        if (unparsable != null) {
            return new Refusal(unparsable, "a path pattern of Spring");
        } else if (PATTERNS_PRESENT && hasCapturingGroup(pattern)) {
            return new Refusal(
                    "the pattern has a capturing group, at which matching would fail for each request",
                    "groups written as (?:...)");
        }
        return null;
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

    private static Stream<String> inBraces(String pattern) {
        return IN_BRACES.matcher(pattern).results().map(MatchResult::group);
    }

    private static boolean hasCapturingGroup(String pattern) {
        return inBraces(pattern)
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
