package io.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A script, from the files beside this class.
 *
 * <p>That of decisions is joined from several. The algorithms become branches of a function, of which a call goes through those it needs: making the closures of all
 * five would cost more than a decision.
 */
final class Script {
    /** Takes decisions. */
    static final Script DECIDE = new Script(joined());

    /** Counts the instances that are alive. */
    static final Script HEARTBEAT = new Script(file("heartbeat"));

    /**
     * Tells what about the server concerns counters. Its name is none that a server knows, so that each call tries both
     * commands that call scripts, also where the server knows all of them already.
     */
    static final Script SERVER = new Script(file("server"), "0".repeat(40));

    private final byte[] source;
    private final byte[] sha1;

    private Script(String text) {
        this(text, HexFormat.of().formatHex(digest(text)));
    }

    private Script(String text, String sha1) {
        this.source = text.getBytes(StandardCharsets.UTF_8);
        this.sha1 = sha1.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the text to send when the server does not know the script. Not to be changed. */
    byte[] source() {
        return source;
    }

    /** Returns the name the server gives the script: its SHA-1 in lower-case hexadecimal digits. Not to be changed. */
    byte[] sha1() {
        return sha1;
    }

    private static String joined() {
        return file("numbers")
                + "local function algorithmOf(code)\n"
                + branch("if", "fw", "fixed-window")
                + branch("elseif", "sl", "sliding-log")
                + branch("elseif", "sc", "sliding-counter")
                + branch("elseif", "tb", "bucket", "token-bucket")
                + branch("elseif", "lb", "bucket", "leaky-bucket")
                + "end\nend\n"
                + file("decide");
    }

    private static String branch(String keyword, String code, String... files) {
        StringBuilder text = new StringBuilder(keyword + " code == '" + code + "' then\n");
        for (String file : List.of(files)) {
            text.append(file(file));
        }
        return text.toString();
    }

    private static String file(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException(
                        name + ".lua: missing (expected: a resource beside " + Script.class + ")");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }
}
