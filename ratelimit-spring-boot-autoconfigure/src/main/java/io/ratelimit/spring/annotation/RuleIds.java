package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names the rule of an annotation that gives no name: class and method in kebab case, and a hash of the whole signature that
 * tells overloaded methods and classes of the same name apart. It is the same in every instance and in every build.
 */
final class RuleIds {
    private static final int LONGEST = 64;
    private static final int HASH_BYTES = 5;
    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");

    private RuleIds() {}

    static String of(Declaration declaration) {
        Method method = declaration.method();
        String names = declaration.type().getSimpleName();
        String signature = declaration.type().getName();
        if (method != null) {
            names += "-" + method.getName();
            signature += "#" + method.getName()
                    + Stream.of(method.getParameterTypes())
                            .map(Class::getName)
                            .collect(Collectors.joining(",", "(", ")"));
        }
        // The first has no number, so that adding a second leaves its counters alone.
        return id(names, declaration.ordinal() == 1 ? signature : signature + "#" + declaration.ordinal());
    }

    private static String id(String names, String signature) {
        String hash = HexFormat.of().formatHex(sha256(signature), 0, HASH_BYTES);
        String kebab = kebab(names);
        int longest = LONGEST - hash.length() - 1;
        String cut = kebab.length() > longest ? kebab.substring(0, longest) : kebab;
        return cut.isEmpty() ? hash : cut + "-" + hash;
    }

    private static String kebab(String names) {
        String words = WORD_END.matcher(names).replaceAll("-").toLowerCase(Locale.ROOT);
        return Arrays.stream(OTHERS.split(words))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining("-"));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
