package io.ratelimit.spring.configuration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/** Puts what {@code ratelimit.overrides} says into the rules, field by field, and tells what it cannot mean. */
final class Overrides {
    private static final String ROOT = "ratelimit.overrides.";
    private static final ConfigurationPropertyName NAME = ConfigurationPropertyName.of("ratelimit.overrides");

    private final GivenProperties given;
    private final Problems problems;
    private final List<String> inForce = new ArrayList<>();

    Overrides(GivenProperties given, Problems problems) {
        this.given = given;
        this.problems = problems;
    }

    /** Returns the properties with the rules as they are in force. */
    RateLimitProperties merge(RateLimitProperties properties) {
        List<RuleProperties> rules = new ArrayList<>(properties.rules());
        new TreeMap<>(properties.overrides()).forEach((key, override) -> {
            List<String> meant = idsOf(properties).stream()
                    .filter(id -> plain(id).equals(plain(key)))
                    .toList();
            String name = nameOf(key);
            Map.Entry<String, ConfigurationProperty> first = given.first(name);
            if (meant.size() == 1 && first != null) {
                for (int i = 0; i < rules.size(); i++) {
                    if (meant.get(0).equals(rules.get(i).id())) {
                        rules.set(i, merge(name, "ratelimit.rules[" + i + "]", rules.get(i), override));
                    }
                }
            } else if (meant.size() > 1 && first != null) {
                problems.addSuperfluous(
                        first.getKey(),
                        String.valueOf(first.getValue().getValue()),
                        "this could mean each of the rules " + String.join(", ", meant),
                        "ids of rules that differ in more than dashes");
            }
        });
        return properties.withRules(rules);
    }

    /** Returns the name as which an id is known that may be written in capitals, with underscores or in brackets. */
    private String nameOf(String key) {
        for (ConfigurationProperty property : given.below(NAME.toString()).values()) {
            ConfigurationPropertyName name = property.getName();
            if (NAME.isAncestorOf(name)
                    && plain(name.getElement(2, Form.UNIFORM)).equals(plain(key))) {
                return name.chop(3).toString();
            }
        }
        return ROOT + key;
    }

    /** Returns a line for each rule that is not as its list has it. */
    List<String> inForce() {
        return inForce;
    }

    /** Tells what is meant for no rule or field; also in the environment, where names are not checked otherwise. */
    void checkNames(Iterable<ConfigurationPropertySource> sources, RateLimitProperties properties) {
        Set<String> used = given.below(NAME.toString()).keySet().stream()
                .map(Overrides::plain)
                .collect(Collectors.toSet());
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                for (ConfigurationPropertyName name : iterable) {
                    if (NAME.isAncestorOf(name) && name.getNumberOfElements() > 2) {
                        checkName(source.getConfigurationProperty(name), idsOf(properties), used);
                    }
                }
            }
        }
    }

    private void checkName(@Nullable ConfigurationProperty property, List<String> ids, Set<String> used) {
        if (property == null || problems.has(property.getName().toString())) {
            return;
        }
        ConfigurationPropertyName name = property.getName();
        String key = plain(name.getElement(2, Form.UNIFORM));
        if (ids.stream().noneMatch(id -> plain(id).equals(key))) {
            given.add(property);
            addUnknownRule(property, ids);
        } else if (!used.contains(plain(name.toString()))) {
            given.add(property);
            KnownProperties.addUnknown(problems, name, property.getValue(), Set.of());
        }
    }

    private void addUnknownRule(ConfigurationProperty property, List<String> ids) {
        ConfigurationPropertyName name = property.getName();
        String value = Problems.show(name.toString(), String.valueOf(property.getValue()));
        String reason = "there is no rule of this id";
        if (name.getElement(2, Form.UNIFORM).equals("default")) {
            String meant = "ratelimit.default" + name.toString().substring(ROOT.length() + "default".length());
            problems.addWithLine(name.toString(), property.getValue(), reason, meant + " itself", meant + ": " + value);
            return;
        }
        // In the environment, a dash that is written as an underscore divides the id.
        for (int end = name.getNumberOfElements() - 1; end > 2; end--) {
            String written = elements(name, 2, end);
            for (String id : ids) {
                if (end > 3 && plain(id).equals(plain(written))) {
                    String variable =
                            "RATELIMIT_OVERRIDES_" + plain(id) + "_" + elements(name, end, name.getNumberOfElements());
                    String line = variable.replace('-', '_').toUpperCase(Locale.ROOT) + "=" + property.getValue();
                    problems.addWithLine(name.toString(), property.getValue(), reason, expected(written, ids), line);
                    return;
                }
            }
        }
        String written = name.getElement(2, Form.DASHED);
        String rest = elements(name, 3, name.getNumberOfElements());
        problems.addWithLine(
                name.toString(),
                property.getValue(),
                reason,
                expected(written, ids),
                Suggestion.nearest(written, ids)
                        .map(id -> ROOT + id + "." + rest + ": " + value)
                        .orElse("(remove " + name + ")"));
    }

    private static String expected(String written, List<String> ids) {
        return "the id of a rule: " + String.join(", ", ids) + Suggestion.didYouMean(written, ids);
    }

    private static String elements(ConfigurationPropertyName name, int from, int to) {
        List<String> elements = new ArrayList<>();
        for (int i = from; i < to; i++) {
            elements.add(name.getElement(i, Form.DASHED));
        }
        return String.join("-", elements);
    }

    private static List<String> idsOf(RateLimitProperties properties) {
        List<String> ids = new ArrayList<>();
        for (RuleProperties rule : properties.rules()) {
            if (rule.id() != null) {
                ids.add(rule.id());
            }
        }
        return ids;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-._\\[\\]]", "");
    }

    private RuleProperties merge(String key, String rule, RuleProperties old, RuleProperties changed) {
        Fields fields = new Fields(key, rule);
        if (fields.has("id")) {
            problems.addSuperfluous(
                    key + ".id",
                    String.valueOf(changed.id()),
                    "the id of a rule cannot be overridden",
                    "the id where it stands, in ratelimit.rules");
        }
        // What can be written in two ways is replaced in whichever of them.
        boolean path = fields.has("path", "paths");
        boolean limit = fields.has("limit", "limits");
        boolean burstInLimit =
                limit && (changed.limit() == null || changed.limit().contains("burst"));
        RuleProperties merged = new RuleProperties(
                old.id(),
                path ? changed.path() : old.path(),
                path ? changed.paths() : old.paths(),
                fields.has("methods") ? changed.methods() : old.methods(),
                fields.has("key") ? changed.key() : old.key(),
                limit ? changed.limit() : old.limit(),
                limit ? changed.limits() : old.limits(),
                fields.has("algorithm") ? changed.algorithm() : old.algorithm(),
                fields.has("burst") || burstInLimit ? changed.burst() : old.burst(),
                fields.has("cost") ? changed.cost() : old.cost(),
                tiers(fields, old.tiers(), changed.tiers()),
                fields.has("tiered") ? changed.tiered() : old.tiered(),
                fields.has("count-when") ? changed.countWhen() : old.countWhen(),
                fields.has("phase") ? changed.phase() : old.phase(),
                fields.has("on-failure") ? changed.onFailure() : old.onFailure(),
                fields.has("mode") ? changed.mode() : old.mode(),
                fields.has("enforce-percent") ? changed.enforcePercent() : old.enforcePercent(),
                fields.has("max-delay") ? changed.maxDelay() : old.maxDelay());
        inForce.add("ratelimit.overrides changes rule " + old.id() + ": " + given.show(key));
        return merged;
    }

    private static Map<String, List<LimitProperties>> tiers(
            Fields fields, Map<String, List<LimitProperties>> old, Map<String, List<LimitProperties>> changed) {
        Map<String, List<LimitProperties>> merged = new HashMap<>(old);
        Set<String> tiers = changed.keySet().stream().map(TierNameCheck::tierOf).collect(Collectors.toSet());
        tiers.forEach(tier -> fields.has("tiers." + tier));
        merged.keySet().removeIf(name -> tiers.contains(TierNameCheck.tierOf(name)));
        merged.putAll(changed);
        return merged;
    }

    /** The fields of one rule that are overridden; whatever is wrong with one of them is told where it is written. */
    private final class Fields {
        private final String key;
        private final String rule;

        Fields(String key, String rule) {
            this.key = key;
            this.rule = rule;
        }

        boolean has(String... names) {
            boolean any = false;
            for (String field : names) {
                if (given.first(key + "." + field) != null) {
                    given.setWritten(rule + "." + field, key + "." + field);
                    any = true;
                }
            }
            return any;
        }
    }
}
