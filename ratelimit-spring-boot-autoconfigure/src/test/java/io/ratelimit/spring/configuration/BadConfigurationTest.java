package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.ratelimit.spring.autoconfigure.Startup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What a user reads who writes one bad value of each kind. */
class BadConfigurationTest {
    /**
     * One bad configuration.
     *
     * @param what what is wrong, as a sentence
     * @param yaml the lines below {@code ratelimit:}
     * @param property the property that is named
     * @param says what else is said
     */
    private record Bad(String what, String yaml, String property, List<String> says) implements Arguments {
        @Override
        public Object[] get() {
            return new Object[] {this};
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static Bad bad(String what, String yaml, String property, String... says) {
        return new Bad(what, yaml, property, List.of(says));
    }

    /** A rule with one line of its own beside what every rule needs. */
    private static Bad badRule(String what, String line, String property, String... says) {
        String limit = line.contains("limit") || line.contains("tiered") ? "" : "limit: 5/1m";
        String id = line.contains("id:") ? "" : "id: login";
        String yaml = ("rules:\n  - path: /login\n    " + id + "\n    " + limit + "\n    "
                        + line.replace("\n", "\n    "))
                .replace("    \n", "");
        return new Bad(what, yaml, "ratelimit.rules[0]." + property, List.of(says));
    }

    static Stream<Bad> limits() {
        return Stream.of(
                badRule("a limit of zero", "limit: 0/1m", "limit: \"0/1m\"", "limit is 0", "a whole number from 1"),
                badRule("a negative limit", "limit: -5/1m", "limit: \"-5/1m\"", "\"-5\"", "a whole number from 1"),
                badRule("a fractional limit", "limit: 1.5/1m", "limit: \"1.5/1m\"", "a whole number from 1"),
                badRule("a limit that is no number", "limit: many/1m", "limit: \"many/1m\"", "a whole number from 1"),
                badRule("a limit beyond the exact range", "limit: 1000000000000/1d", "limit:", "at most 13031248"),
                badRule("a limit without a window", "limit: 5", "limit: \"5\"", "<permits>/<window>"),
                badRule("a window of zero", "limit: 5/0s", "limit: \"5/0s\"", "from 1ms to 366d"),
                badRule(
                        "a window without a unit",
                        "limit: 5/60",
                        "limit: \"5/60\"",
                        "window is \"60\"",
                        "a unit of ms"),
                badRule("a window over 366 days", "limit: 5/367d", "limit: \"5/367d\"", "366d"),
                badRule("a bad limit beside a burst", "limit: 0/1m\nburst: 2", "limit: \"0/1m\"", "limit is 0"),
                badRule("no limit at all", "limit:", "limit", "a limit has to be given", "100/1h"),
                badRule("an empty list of limits", "limits: []", "limit is missing", "a limit has to be given"),
                badRule("a bad limit in a list", "limits: [{limit: 5/1m}, {limit: 0/1h}]", "limits[1].limit: \"0/1h\""),
                badRule("a bad text in a list", "limits: [5/1m, 0/1h]", "limits[1]: \"0/1h\"", "limit is 0"),
                badRule(
                        "a limit and limits",
                        "limit: 5/1m\nlimits: [10/1h]",
                        "limit: \"5/1m\"",
                        "one of limit and limits"),
                badRule("a burst of zero", "burst: 0", "burst: 0", "burst is 0", "a whole number from 1"),
                badRule("a negative burst", "burst: -1", "burst: -1", "a whole number from 1"),
                badRule("a burst that is no number", "burst: some", "burst: \"some\"", "not a whole number"),
                badRule(
                        "a burst below the cost",
                        "burst: 2\ncost: 3",
                        "cost: 3",
                        "has room for 2, so no request is ever admitted"),
                badRule("a burst in the text below the cost", "limit: 5/1m burst 2\ncost: 3", "cost: 3", "at most 2"),
                badRule(
                        "a burst on an algorithm without one",
                        "burst: 2\nalgorithm: fixed-window",
                        "burst: 2",
                        "fixed-window has no burst"),
                badRule(
                        "a burst in the text on an algorithm without one",
                        "limit: 5/1m burst 2\nalgorithm: sliding-log",
                        "limit: \"5/1m burst 2\"",
                        "sliding-log has no burst"),
                badRule(
                        "a burst in the text and beside it",
                        "limit: 5/1m burst 2\nburst: 3",
                        "burst: 3",
                        "given twice",
                        "\"5/1m burst 2\""),
                badRule(
                        "a burst beside several limits",
                        "limits: [5/1m, 9/1h]\nburst: 3",
                        "burst: 3",
                        "several limits"),
                badRule("a bucket that fills in more than ten years", "limit: 1/366d burst 12", "limit:", "ten years"),
                badRule("a cost above the capacity", "cost: 6", "cost: 6", "has room for 5", "at most 5"),
                badRule("a cost of zero", "cost: 0", "cost: \"0\"", "a whole number from 1"),
                badRule("a negative cost", "cost: -1", "cost: \"-1\"", "a whole number from 1"),
                badRule("a fractional cost", "cost: 1.5", "cost: \"1.5\"", "a whole number from 1"),
                badRule(
                        "a leaky bucket that waits longer than its rule allows",
                        "limit: 5/1m\nalgorithm: leaky-bucket",
                        "max-delay: \"5s\"",
                        "the full queue of the leaky bucket 5/1m waits 60s",
                        "at least 60s"),
                badRule(
                        "a leaky bucket of a tier that waits longer",
                        "limit: 5/1s\nalgorithm: leaky-bucket\nkey: user\ntiers: {free: 5/1m}",
                        "max-delay: \"5s\"",
                        "waits 60s"),
                badRule(
                        "a leaky bucket that waits a little longer",
                        "limit: 3000/1s burst 15001\nalgorithm: leaky-bucket",
                        "max-delay: \"5s\"",
                        "waits 5001ms"),
                badRule("a delay of zero", "max-delay: 0s", "max-delay:", "above zero"),
                bad("a bad default limit", "default: {limit: 0/1h}", "ratelimit.default.limit: \"0/1h\"", "limit is 0"),
                bad("a default without a limit", "default: {tiered: false}", "ratelimit.default.limit is missing"));
    }

    static Stream<Bad> names() {
        return Stream.of(
                badRule(
                        "an unknown algorithm",
                        "algorithm: token-bukket",
                        "algorithm: \"token-bukket\"",
                        "one of fixed-window, sliding-log, sliding-counter, token-bucket, leaky-bucket",
                        "did you mean token-bucket?"),
                badRule(
                        "an unknown algorithm in a list",
                        "limits: [{limit: 5/1m, algorithm: fixed}]",
                        "limits[0].algorithm"),
                badRule(
                        "an unknown key",
                        "key: usr",
                        "key: \"usr\"",
                        "one of identity, api-key, user, ip, global",
                        "did you mean user?"),
                badRule("a blank key", "key: ' '", "key: \" \"", "identity, api-key, user, ip, global"),
                badRule(
                        "an unknown failure policy",
                        "on-failure: alow",
                        "on-failure: \"alow\"",
                        "one of local, allow, deny",
                        "did you mean allow?"),
                badRule("an unknown mode of a rule", "mode: shadw", "mode: \"shadw\"", "did you mean shadow?"),
                badRule("an unknown phase", "phase: before", "phase: \"before\"", "before-authentication"),
                badRule("an unknown method", "methods: [GTE]", "methods[0]: \"GTE\"", "did you mean GET?"),
                badRule("a share above a hundred", "enforce-percent: 101", "enforce-percent: 101", "0 to 100"),
                badRule(
                        "a share that is no number",
                        "enforce-percent: x",
                        "enforce-percent: \"x\"",
                        "not a whole number"),
                badRule(
                        "a status that is none",
                        "count-when: {status: [99]}",
                        "count-when.status[0]: 99",
                        "100 to 599"),
                badRule("a status that is no number", "count-when: {status: [x]}", "count-when.status[0]: \"x\""),
                bad("an unknown mode", "mode: enforced", "ratelimit.mode: \"enforced\"", "did you mean enforce?"),
                bad("an unknown backend", "backend: reddis", "ratelimit.backend: \"reddis\"", "did you mean redis?"),
                bad(
                        "a backend that is not there yet",
                        "backend: kafka",
                        "ratelimit.backend: \"kafka\"",
                        "redis, memory"),
                bad(
                        "an unknown header style",
                        "headers: {style: ieft}",
                        "ratelimit.headers.style: \"ieft\"",
                        "one of x-ratelimit, ietf, both, none",
                        "did you mean ietf?"),
                bad(
                        "an unknown kind of identity",
                        "identity: {order: [ip, usr]}",
                        "ratelimit.identity.order",
                        "user, ip"),
                bad("no kind of identity", "identity: {order: []}", "ratelimit.identity.order", "each once"),
                bad("a kind of identity twice", "identity: {order: [ip, ip]}", "ratelimit.identity.order", "twice"),
                bad(
                        "enabled that says neither yes nor no",
                        "enabled: maybe",
                        "ratelimit.enabled: \"maybe\"",
                        "true or false"),
                bad(
                        "a misspelt name at the top",
                        "defualt-tier: free\ntiers: {free: 5/1m}",
                        "ratelimit.defualt-tier: \"free\"",
                        "there is no such property",
                        "did you mean ratelimit.default-tier?"),
                badRule("a misspelt name in a rule", "tierd: true\nlimit: 5/1m", "tierd: true", "rules[0].tiered?"),
                bad("a misspelt name in a group", "redis: {timeot: 1s}", "ratelimit.redis.timeot", "redis.timeout?"),
                bad("a name that nothing is like", "banana: 1", "ratelimit.banana: 1", "(remove ratelimit.banana)"),
                bad("a property that does not work yet", "redis: {batching: true}", "ratelimit.redis.batching: true"),
                bad(
                        "a group where a value belongs",
                        "mode: {shadow: true}",
                        "ratelimit.mode.shadow: true",
                        "nothing below"),
                bad(
                        "a value where a group belongs",
                        "redis: 100ms",
                        "ratelimit.redis: \"100ms\"",
                        "a group of properties"),
                bad("a value where a list belongs", "rules: login", "ratelimit.rules"),
                badRule("a placeholder that nothing defines", "limit: ${NOPE}", "limit", "\"${NOPE}\""));
    }

    static Stream<Bad> rules() {
        return Stream.of(
                bad("a rule without id", "rules: [{path: /a, limit: 5/1m}]", "ratelimit.rules[0].id is missing"),
                badRule("an empty id", "id: ''", "id", "a rule has to have an id"),
                badRule("an id in upper case", "id: Login", "id: \"Login\"", "1 to 64 of a-z, 0-9 and -"),
                badRule("an id that is too long", "id: " + "a".repeat(65), "id: \"aaa", "1 to 64"),
                badRule("an id with markup and colours", "id: \"a\\e[31m<b>\"", "id: \"a\\u001b[31m<b>\""),
                bad(
                        "an id twice",
                        "rules: [{id: a, limit: 5/1m}, {id: b, limit: 5/1m}, {id: a, limit: 5/1m}]",
                        "ratelimit.rules[2].id: \"a\"",
                        "ratelimit.rules[0] has the same id"),
                bad(
                        "the id of the default",
                        "default: {limit: 5/1m}\nrules: [{id: default, limit: 5/1m}]",
                        "ratelimit.rules[0].id: \"default\"",
                        "ratelimit.default"),
                bad(
                        "a path without a slash",
                        "rules: [{id: a, limit: 5/1m, path: a}]",
                        "ratelimit.rules[0].path: \"a\""),
                bad("an empty path", "rules: [{id: a, limit: 5/1m, path: ''}]", "ratelimit.rules[0].path: \"\""),
                pathOf("an address in place of a path", "https://example.com/a", "does not start with /"),
                pathOf("a path with a query", "/a?b=c", "has a query"),
                pathOf("a path with a matrix parameter", "/a;b=c", "has matrix parameters"),
                pathOf("a path with a fragment", "/a#b", "has a fragment"),
                pathOf("a path that is encoded", "/%61", "percent-encoded"),
                pathOf("a path with a doubled slash", "/a//b", "an empty or a dot segment"),
                pathOf("a path with dot segments", "/a/../b", "an empty or a dot segment"),
                pathOf("a path with a blank", "/a b", "a blank"),
                pathOf("a path with an open brace", "/a/{b", "expected: a path pattern of Spring"),
                pathOf("a path with a variable twice", "/a/{b}/{b}", "expected: a path pattern of Spring"),
                pathOf("a path with a bad expression", "/a/{b:[}", "expected: a path pattern of Spring"),
                pathOf("a path with a capturing group", "/a/{b:(?:x)(y|z)}", "has a capturing group", "(?:"),
                pathOf("a path with a capturing group in a segment", "/a/x-{b:(y)+}", "has a capturing group"),
                bad(
                        "a path and paths",
                        "rules: [{id: a, limit: 5/1m, path: /a, paths: [/b]}]",
                        "ratelimit.rules[0].path: \"/a\"",
                        "one of path and paths"),
                bad(
                        "a rule for an excluded path",
                        "exclude: [/static/**]\nrules: [{id: a, limit: 5/1m, path: /static/logo}]",
                        "ratelimit.rules[0].path: \"/static/logo\"",
                        "ratelimit.exclude has \"/static/**\", so the rule can never apply here"),
                bad(
                        "an exclusion with a capturing group",
                        "exclude: ['/docs/{page:(a|b)}']\nrules: [{id: a, limit: 5/1m, path: /docs/a}]",
                        "ratelimit.exclude[0]: \"/docs/{page:(a|b)}\"",
                        "has a capturing group"),
                bad("a bad path that is excluded", "exclude: [health]", "ratelimit.exclude[0]: \"health\"", "with /"),
                badRule("a key that does not parse", "key: \"#request.\"", "key: \"#request.\"", "does not parse"),
                badRule("a key that yields no text", "key: \"#a == #b\"", "key", "never yields a text or a number"),
                badRule(
                        "a key with a type",
                        "key: \"#headers['a'] + T(java.lang.Math).random()\"",
                        "key: \"#headers['a'] + T(java.lang.Math).random()\"",
                        "uses T(java.lang.Math)",
                        "types, constructors, beans and assignments are not available",
                        "a SpEL expression over the request for a text or a number",
                        "example:  ratelimit.rules[0].key: \"#request.getHeader('X-Tenant')\""),
                badRule("a key with a constructor", "key: \"#a + new Object()\"", "key", "uses new Object()"),
                badRule("a key with a bean", "key: \"#a ?: @tenants.of(#b)\"", "key", "uses @tenants"),
                badRule("a key that changes something", "key: \"#request.x = 'a'\"", "key", "assignments are not"),
                badRule("a key that counts on", "key: \"#a.b++\"", "key", "assignments are not"),
                badRule("a key that is a list", "key: \"#a.![b]\"", "key", "never yields a text or a number"),
                badRule(
                        "a cost with a type",
                        "cost: \"#a * T(java.lang.Math).random()\"",
                        "cost",
                        "uses T(java.lang.Math)"),
                badRule("a cost that does not parse", "cost: \"#a +\"", "cost: \"#a +\"", "does not parse"),
                badRule(
                        "a cost that yields no number",
                        "cost: \"#a.b and #c\"",
                        "cost",
                        "never yields a number",
                        "example:  ratelimit.rules[0].cost: \"#request.contentLengthLong < 0 ? 100 : "
                                + "(#request.contentLengthLong - 1) / 1024 + 1\""));
    }

    private static Bad pathOf(String what, String path, String... says) {
        return new Bad(
                what,
                "rules: [{id: a, limit: 5/1m, path: \"" + path + "\"}]",
                "ratelimit.rules[0].path: \"" + path + "\"",
                List.of(says));
    }

    static Stream<Bad> tiers() {
        return Stream.of(
                bad("a tier without a limit", "tiers: {gold: }", "ratelimit.tiers.gold", "the tier has no limit"),
                bad("a tier with a bad limit", "tiers: {gold: 5}", "ratelimit.tiers.gold: \"5\"", "<permits>/<window>"),
                bad("a tier as an object without a limit", "tiers: {gold: {burst: 5}}", "ratelimit.tiers.gold.limit"),
                bad(
                        "a tier with an unknown field",
                        "tiers: {gold: {limit: 5/1m, brust: 5}}",
                        "ratelimit.tiers.gold.brust"),
                bad(
                        "an unknown algorithm of a tier",
                        "tiers: {gold: {limit: 5/1m, algorithm: fixed-windw}}",
                        "ratelimit.tiers.gold.algorithm: \"fixed-windw\"",
                        "did you mean fixed-window?"),
                bad("unlimited beside a limit", "tiers: {gold: [unlimited, 5/1m]}", "ratelimit.tiers.gold", "alone"),
                bad(
                        "an unknown default tier",
                        "tiers: {free: 5/1m}\ndefault-tier: fre",
                        "ratelimit.default-tier: \"fre\"",
                        "there is no such tier",
                        "did you mean free?"),
                bad(
                        "an API key with an unknown tier",
                        "tiers: {gold: 5/1m}\napi-keys: {keys: [{name: a, value: b, tier: glod}]}",
                        "ratelimit.api-keys.keys[0].tier: \"glod\"",
                        "did you mean gold?"),
                badRule(
                        "a tier of a rule that nobody can have",
                        "key: user\ntiers: {platinum: 5/1m}",
                        "tiers.platinum",
                        "nobody can have the tier \"platinum\""),
                badRule("tiers on a rule by ip", "key: ip\ntiers: {free: 9/1m}", "key: \"ip\"", "nobody has a tier"),
                badRule("a tiered rule for all", "key: global\ntiered: true\nlimit: 5/1m", "key: \"global\"", "a tier"),
                badRule("tiers on a rule by expression", "key: \"#a\"\ntiers: {free: 9/1m}", "key: \"#a\"", "a tier"),
                bad(
                        "a tier that does not fit a rule's algorithm",
                        "tiers: {free: 5/1m burst 2}\nrules: [{id: a, limit: 5/1m, algorithm: fixed-window, tiered: true}]",
                        "ratelimit.rules[0].tiered: true",
                        "ratelimit.tiers.free does not fit"),
                badRule("a cost above a tier's capacity", "cost: 2\nkey: user\ntiers: {free: 1/1m}", "cost: 2", "1/1m"),
                badRule("a tiered rule without any limit", "tiered: true", "limit is missing", "has to be given"));
    }

    static Stream<Bad> identities() {
        String hash = "ab".repeat(32);
        return Stream.of(
                bad(
                        "a proxy that is a name",
                        "identity: {ip: {trusted-proxies: [proxy.example]}}",
                        proxy(),
                        "not resolved"),
                bad(
                        "a proxy with a bad prefix",
                        "identity: {ip: {trusted-proxies: [10.0.0.0/33]}}",
                        proxy(),
                        "1 to 32"),
                bad("a proxy with bits set", "identity: {ip: {trusted-proxies: [10.0.0.1/8]}}", proxy(), "10.0.0.0/8"),
                bad(
                        "everybody a proxy",
                        "identity: {ip: {trusted-proxies: [0.0.0.0/0]}}",
                        proxy(),
                        "claim any address"),
                bad(
                        "every IPv6 address a proxy",
                        "identity: {ip: {trusted-proxies: ['::/0']}}",
                        proxy(),
                        "any address"),
                bad(
                        "an empty proxy",
                        "identity: {ip: {trusted-proxies: ['']}}",
                        "ratelimit.identity.ip.trusted-proxies"),
                bad(
                        "an IPv4 prefix of zero",
                        "identity: {ip: {ipv4-prefix: 0}}",
                        "ratelimit.identity.ip.ipv4-prefix: 0"),
                bad(
                        "an IPv4 prefix above 32",
                        "identity: {ip: {ipv4-prefix: 33}}",
                        "ratelimit.identity.ip.ipv4-prefix: 33"),
                bad(
                        "an IPv6 prefix above 128",
                        "identity: {ip: {ipv6-prefix: 129}}",
                        "ratelimit.identity.ip.ipv6-prefix"),
                bad(
                        "a header with a blank",
                        "identity: {ip: {forwarded-header: X Forwarded}}",
                        "ratelimit.identity.ip.forwarded-header: \"X Forwarded\"",
                        "the name of one header"),
                bad(
                        "an exempt address that is none",
                        "identity: {exempt: {addresses: [x]}}",
                        "exempt.addresses[0]: \"x\""),
                bad(
                        "everybody exempt",
                        "identity: {exempt: {addresses: [0.0.0.0/0]}}",
                        "exempt.addresses[0]",
                        "everybody"),
                bad(
                        "everybody blocked",
                        "identity: {blocked: {addresses: ['::/0']}}",
                        "blocked.addresses[0]",
                        "everybody"),
                bad(
                        "an exempt key that is unknown",
                        "api-keys: {keys: [{name: acme, value: x}]}\nidentity: {exempt: {api-keys: [akme]}}",
                        "ratelimit.identity.exempt.api-keys[0]: \"akme\"",
                        "did you mean acme?"),
                bad(
                        "a secret below a group that is mistyped",
                        "api-key: {keys: [{value: S3CRETKEY}]}",
                        "ratelimit.api-key.keys[0].value: ******",
                        "did you mean ratelimit.api-keys?"),
                bad("a secret under a name that is mistyped", "key-sercet: S3CRETKEY", "ratelimit.key-sercet: ******"),
                bad("a secret under any name", "banana: S3CRETKEY", "ratelimit.banana: ******"),
                bad("a blank user", "identity: {blocked: {users: [' ']}}", "blocked.users[0]: \" \"", "blank"),
                bad("a bad header for keys", "api-keys: {header: 'X:Key'}", "ratelimit.api-keys.header: \"X:Key\""),
                key("an API key without name", "{value: x}", "name is missing", "has to have a name"),
                key("an API key without value", "{name: a}", "value is missing", "either value or sha256"),
                key("an API key with both", "{name: a, value: x, sha256: " + hash + "}", "sha256: ******", "either"),
                key("a hash that is too short", "{name: a, sha256: abc}", "sha256: ******", "3 characters"),
                key(
                        "a hash that is not hexadecimal",
                        "{name: a, sha256: " + "xy".repeat(32) + "}",
                        "sha256: ******",
                        "64"),
                key("the hash of nothing", "{name: a, sha256: " + HASH_OF_NOTHING + "}", "sha256", "an empty key"),
                bad(
                        "an API key twice",
                        "api-keys: {keys: [{name: a, value: x}, {name: b, value: x}]}",
                        "ratelimit.api-keys.keys[1].value: ******",
                        "ratelimit.api-keys.keys[0] has the same key"),
                bad(
                        "an API key and its own hash",
                        "api-keys: {keys: [{name: a, value: x}, {name: b, sha256: " + HASH_OF_X + "}]}",
                        "ratelimit.api-keys.keys[1].sha256: ******",
                        "the same key"));
    }

    private static final String HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String HASH_OF_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

    private static String proxy() {
        return "ratelimit.identity.ip.trusted-proxies[0]";
    }

    private static Bad key(String what, String key, String property, String... says) {
        return new Bad(
                what, "api-keys: {keys: [" + key + "]}", "ratelimit.api-keys.keys[0]." + property, List.of(says));
    }

    static Stream<Bad> bounds() {
        return Stream.of(
                bad("a timeout of zero", "redis: {timeout: 0ms}", "ratelimit.redis.timeout", "from 1ms to 10s"),
                bad("a negative timeout", "redis: {timeout: -1s}", "ratelimit.redis.timeout", "from 1ms to 10s"),
                bad(
                        "a timeout above ten seconds",
                        "redis: {timeout: 11s}",
                        "ratelimit.redis.timeout",
                        "from 1ms to 10s"),
                bad(
                        "a timeout that is none",
                        "redis: {timeout: abc}",
                        "ratelimit.redis.timeout: \"abc\"",
                        "a duration"),
                breaker("a threshold of zero", "failure-threshold: 0", "1 to 100"),
                breaker("a threshold above a hundred", "failure-threshold: 101", "1 to 100"),
                breaker("a slow call of no time", "slow-call-duration: 0s", "at least 1ms"),
                breaker("a pause that is too short", "open-duration: 9ms", "10ms to 8s"),
                breaker("a pause that is too long", "open-duration: 9s", "10ms to 8s"),
                breaker("a pause that is none", "open-duration: soon", "a duration"),
                bad(
                        "no instances",
                        "redis: {fallback: {instances: 0}}",
                        "ratelimit.redis.fallback.instances: \"0\"",
                        "auto"),
                bad("instances in words", "redis: {fallback: {instances: some}}", "ratelimit.redis.fallback.instances"),
                bad(
                        "no keys in the fallback",
                        "redis: {fallback: {max-keys: 0}}",
                        "ratelimit.redis.fallback.max-keys: 0"),
                bad("no keys in memory", "memory: {max-keys: 0}", "ratelimit.memory.max-keys: 0", "from 1"),
                bad(
                        "keys beyond a whole number",
                        "memory: {max-keys: 99999999999}",
                        "ratelimit.memory.max-keys",
                        "whole"),
                bad("a namespace with braces", "namespace: 'a{b}'", "ratelimit.namespace: \"a{b}\"", "without braces"),
                bad("a namespace with a blank", "namespace: 'a b'", "ratelimit.namespace: \"a b\"", "blank"),
                bad("an empty namespace", "namespace: ''", "ratelimit.namespace", "empty"),
                bad(
                        "no wait to be told",
                        "headers: {max-retry-after: 0s}",
                        "ratelimit.headers.max-retry-after: ",
                        "from 1s",
                        "24d"),
                bad(
                        "less than a second to be told",
                        "headers: {max-retry-after: 999ms}",
                        "ratelimit.headers.max-retry-after: ",
                        "from 1s"),
                bad("a negative jitter", "retry-after-jitter: -0.1", "ratelimit.retry-after-jitter: -0.1", "0 to 1"),
                bad("a jitter above one", "retry-after-jitter: 1.5", "ratelimit.retry-after-jitter: 1.5", "0 to 1"),
                bad("a jitter that is no number", "retry-after-jitter: NaN", "ratelimit.retry-after-jitter", "0 to 1"),
                bad("a negative number of held requests", "max-held: -1", "ratelimit.max-held: -1", "from 0"),
                bad("a blank secret", "key-secret: '  '", "ratelimit.key-secret: ******", "blank"),
                bad(
                        "redis without a Redis",
                        "backend: redis",
                        "ratelimit.backend: \"redis\"",
                        "a Redis under spring.data.redis",
                        "example:  ratelimit.backend: memory"));
    }

    private static Bad breaker(String what, String line, String... says) {
        return new Bad(
                what,
                "redis: {circuit-breaker: {" + line + "}}",
                "ratelimit.redis.circuit-breaker." + line.substring(0, line.indexOf(':') + 1),
                List.of(says));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"limits", "names", "rules", "tiers", "identities", "bounds"})
    void stopsTheStart(Bad bad) {
        String message = Startup.refusalOf("ratelimit:\n  " + bad.yaml().replace("\n", "\n  "));
        assertThat(message)
                .as("the message about %s", bad.what())
                .contains(bad.property())
                .contains("problem: ", "expected: ", "example: ")
                .startsWith("The rate limit configuration has 1 problem:");
        bad.says()
                .forEach(words -> assertThat(message)
                        .as("the message about %s", bad.what())
                        .contains(words));
    }

    /** Right only beside a Redis, or together with another correction. */
    private static final Set<String> NEED_MORE = Set.of(
            "an unknown backend",
            "a backend that is not there yet",
            "an exclusion with a capturing group",
            "a secret below a group that is mistyped");

    /** Whoever puts the example in place of what is wrong hears no more of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource({"limits", "names", "rules", "tiers", "identities", "bounds", "gaps"})
    void givesARightExample(Bad bad) {
        assumeFalse(NEED_MORE.contains(bad.what()));
        String message = Startup.refusalOf("ratelimit:\n  " + bad.yaml().replace("\n", "\n  "));
        Map<String, Object> corrected = properties("ratelimit:\n  " + bad.yaml().replace("\n", "\n  "));
        Map<String, Object> before = new TreeMap<>(corrected);
        List<String> wrong = message.lines()
                .filter(line -> line.startsWith("ratelimit."))
                .map(line -> line.replaceFirst("(:| is missing).*", ""))
                .toList();
        List<String> examples = message.lines()
                .filter(line -> line.startsWith("    example:"))
                .map(line -> line.substring(14))
                .toList();
        corrected.keySet().removeIf(name -> wrong.stream().anyMatch(property -> isPartOf(name, property)));
        for (int i = 0; i < examples.size(); i++) {
            Object secret = before.get(wrong.get(i));
            if (!examples.get(i).startsWith("(")) {
                properties(examples.get(i)).forEach((name, value) -> {
                    corrected.keySet().removeIf(old -> isPartOf(old, name));
                    corrected.put(name, value.equals("...") ? secret : value);
                });
            }
        }
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(Startup.ours()))
                .withPropertyValues("ACME_KEY=x1", "KEY_1=x2", "SECRET=x3")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addLast(new OriginTrackedMapPropertySource("corrected", corrected)))
                .run(context -> assertThat(context)
                        .as("%s, corrected by %s to %s", bad.what(), examples, corrected)
                        .hasNotFailed());
    }

    private static boolean isPartOf(String name, String property) {
        return name.equals(property) || name.startsWith(property + "[") || name.startsWith(property + ".");
    }

    private static Map<String, Object> properties(String yaml) {
        try {
            Map<String, Object> properties = new TreeMap<>();
            new YamlPropertySourceLoader()
                    .load("yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                    .forEach(source -> ((MapPropertySource) source)
                            .getSource()
                            .forEach((name, value) -> properties.put(name, source.getProperty(name))));
            return properties;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static Stream<Bad> gaps() {
        return Stream.of(
                gap(
                        "a gap among rules",
                        "rules[0].id: a\nrules[0].limit: 5/1m\nrules[2].id: b\nrules[2].limit: 5/1m",
                        "ratelimit.rules[2].id: \"b\"",
                        "ratelimit.rules[1].id: \"b\""),
                gap(
                        "a list that starts with 1",
                        "exclude[1]: /a\nexclude[2]: /b",
                        "ratelimit.exclude[1]: \"/a\"",
                        "ratelimit.exclude[0]: \"/a\""),
                gap(
                        "two gaps",
                        "exclude[0]: /a\nexclude[2]: /b\nexclude[4]: /c",
                        "ratelimit.exclude[4]: \"/c\"",
                        "ratelimit.exclude[2]: \"/c\""),
                gap(
                        "a gap in a list of a rule",
                        "rules[0].id: a\nrules[0].limit: 5/1m\nrules[0].paths[0]: /a\nrules[0].paths[3]: /b",
                        "ratelimit.rules[0].paths[3]",
                        "ratelimit.rules[0].paths[1]: \"/b\""),
                gap(
                        "a gap among API keys",
                        "api-keys.keys[1].name: a\napi-keys.keys[1].sha256: " + HASH_OF_X,
                        "ratelimit.api-keys.keys[1].sha256: ******",
                        "ratelimit.api-keys.keys[0].sha256: ..."),
                gap(
                        "a gap among the limits of a tier",
                        "tiers.gold[0]: 5/1m\ntiers.gold[2].limit: 9/1h",
                        "ratelimit.tiers.gold[2].limit",
                        "ratelimit.tiers.gold[1].limit: \"9/1h\""));
    }

    private static Bad gap(String what, String yaml, String property, String example) {
        return bad(what, yaml, property, "the indexes of the list have a gap", "example:  " + example);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void namesThePlaceBehindAGap(Bad bad) {
        String message = Startup.refusalOf("ratelimit:\n  " + bad.yaml().replace("\n", "\n  "));
        assertThat(message).contains(bad.property());
        assertThat(message).contains(bad.says());
    }
}
