package io.ratelimit.spring.configuration;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the path pattern of Spring that somebody meant who wrote one as a regular expression, a shell or a router has it. */
final class MeantPath {
    private static final Pattern METHOD = Pattern.compile("^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)\\s+");
    private static final Pattern SERVER = Pattern.compile("^[a-z][a-z0-9+.-]*://[^/]*");
    /** What servers write before a regular expression, and its own anchors. */
    private static final Pattern ANCHORS = Pattern.compile("^(?:[~=]\\*?\\s+)?/?\\^|/?\\$$");

    private static final Pattern QUERY = Pattern.compile("\\?\\w+=.*$|#.*$");
    private static final Pattern BETWEEN = Pattern.compile("[,;|\\s]+\\^?(?=/)");
    private static final Pattern ANY_REST = Pattern.compile("\\(/\\.\\*\\)\\??$");
    private static final Pattern ANY_SEGMENT = Pattern.compile("\\[\\^/][+*]");
    private static final Pattern ANYTHING = Pattern.compile("\\(?\\.[*+]\\??\\)?");
    private static final Pattern VARIABLE = Pattern.compile(":(\\w+)|<(?:\\w+:)?(\\w+)>");
    private static final Pattern ALTERNATIVES = Pattern.compile("\\{([^{}:]+,[^{}:]+)}");
    private static final Pattern GROUP = Pattern.compile("\\((?:\\?:)?([^()]*)\\)");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([^A-Za-z0-9])");
    private static final Pattern EXPRESSION = Pattern.compile("[\\[\\]()|\\\\?]");

    private MeantPath() {}

    /** Returns the patterns that are meant, normally one; whether they are right is not checked. */
    static List<String> of(String written) {
        String path = remove(SERVER, remove(METHOD, written.strip()));
        path = remove(QUERY, remove(ANCHORS, path));
        Matcher whole = GROUP.matcher(path);
        if (whole.matches()) {
            path = whole.group(1);
        }
        return Arrays.stream(BETWEEN.split(path)).map(MeantPath::one).toList();
    }

    private static String one(String written) {
        String path = ANY_REST.matcher(written).replaceAll("/.*");
        path = ANY_SEGMENT.matcher(path).replaceAll("*");
        if (path.startsWith("*.")) {
            path = "/**/" + path;
        } else if (!path.startsWith("/")) {
            path = "/" + path;
        }
        String[] segments = path.substring(1).split("/");
        int variables = 0;
        for (int i = 0; i < segments.length; i++) {
            String variable = variables == 0 ? "name" : "name" + (variables + 1);
            String meant = segment(segments[i], variable, i == segments.length - 1);
            variables += meant.startsWith("{" + variable + ":") ? 1 : 0;
            segments[i] = meant;
        }
        return Stream.of(segments).collect(Collectors.joining("/", "/", ""));
    }

    private static String segment(String written, String variable, boolean last) {
        Matcher router = VARIABLE.matcher(written);
        if (ANYTHING.matcher(written).matches()) {
            return last ? "**" : "*";
        } else if (router.matches()) {
            return "{" + (router.group(1) != null ? router.group(1) : router.group(2)) + "}";
        } else if (written.startsWith("{") && !ALTERNATIVES.matcher(written).matches()) {
            return written.replaceAll("\\((?!\\?)", "(?:");
        } else if (!written.equals("**")) {
            return expression(written.replaceAll("\\*{2,}", "*"), variable);
        }
        return written;
    }

    private static String expression(String written, String variable) {
        Matcher alternatives = ALTERNATIVES.matcher(written);
        String literal = ESCAPED.matcher(written).replaceAll("$1");
        if (alternatives.matches()) {
            return "{" + variable + ":" + alternatives.group(1).replace(',', '|') + "}";
        } else if (!EXPRESSION.matcher(literal).find()) {
            return literal;
        }
        Matcher group = GROUP.matcher(written);
        String inner = group.matches() ? group.group(1) : written.replaceAll("\\((?!\\?)", "(?:");
        // One character is a question mark in a shell, where an expression has it behind what may be left out.
        String regex =
                inner.matches("[\\w.-]*\\?[\\w.-]*") ? inner.replace(".", "\\.").replace('?', '.') : inner;
        return "{" + variable + ":" + regex + "}";
    }

    private static String remove(Pattern what, String text) {
        return what.matcher(text).replaceAll("");
    }
}
