package io.ratelimit.spring.configuration;

import io.ratelimit.identity.ApiKey;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Turns properties into rules. Checking and turning are one, so that whatever is accepted can be used, and what is wrong
 * is collected and not thrown.
 */
public final class RateLimitConfigurationReader implements ConfigurationPropertiesBindHandlerAdvisor {
    /** The id of the rule that applies where no other does. */
    public static final String DEFAULT_ID = RuleReader.DEFAULT_ID;

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    /** As maps: a rule without an id must not hide those that have one. */
    private static final Bindable<List<Map<String, Object>>> RULES = Bindable.of(ResolvableType.forClassWithGenerics(
            List.class, ResolvableType.forClassWithGenerics(Map.class, String.class, Object.class)));

    private final Supplier<Surroundings> surroundings;

    /**
     * Returns a reader.
     *
     * @param surroundings asked each time for what the application has beside its properties
     */
    public RateLimitConfigurationReader(Supplier<Surroundings> surroundings) {
        this.surroundings = surroundings;
    }

    /** Returns what lets a limit be written as a text wherever properties are bound. */
    public static GenericConverter converter() {
        return new LimitPropertiesConverter();
    }

    /** Returns the ids that have the form of one, each once. Reading the rules in full tells what is wrong with the others. */
    public static List<String> ruleIds(Environment environment) {
        try {
            return Binder.get(environment)
                    .bind("ratelimit.rules", RULES)
                    .map(rules -> rules.stream()
                            .map(rule -> Objects.toString(rule.get("id"), ""))
                            .filter(id -> ID.matcher(id).matches())
                            .distinct()
                            .toList())
                    .orElse(List.of());
        } catch (BindException unreadable) {
            return List.of();
        }
    }

    /**
     * Reads names and values from anywhere, such as a store or a file beside an access log, as strictly as those of an
     * application. Placeholders are resolved where the sources do so.
     *
     * @param sources where the names below {@code ratelimit} stand, the source of the highest precedence first
     * @throws InvalidRateLimitConfigurationException with all that is wrong
     */
    public RateLimitConfiguration read(Iterable<PropertySource<?>> sources) {
        var service = new ApplicationConversionService();
        service.addConverter(converter());
        BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        Binder binder = new Binder(ConfigurationPropertySources.from(sources), null, service);
        try {
            return read(binder.bindOrCreate("ratelimit", Bindable.of(RateLimitProperties.class), apply(strict)));
        } catch (BindException failed) {
            throw failed.getCause() instanceof InvalidRateLimitConfigurationException invalid ? invalid : failed;
        }
    }

    /** Has {@link RateLimitProperties} bound to the end, and everything that is wrong told at once. */
    @Override
    public BindHandler apply(BindHandler bindHandler) {
        return new ProblemCollectingBindHandler(bindHandler, this);
    }

    /**
     * Reads everything.
     *
     * @throws InvalidRateLimitConfigurationException with all that is wrong
     */
    public RateLimitConfiguration read(RateLimitProperties properties) {
        Problems problems = new Problems(new GivenProperties());
        RateLimitConfiguration configuration = read(properties, problems);
        problems.throwIfAny();
        return configuration;
    }

    /** Reads everything; what is returned is of use only if there are no problems. */
    RateLimitConfiguration read(RateLimitProperties properties, Problems problems) {
        Surroundings around = surroundings.get();
        new GeneralChecks(problems).check(properties);
        new BackendCheck(around, problems).check(properties.backend());
        new TierReader(problems).read("ratelimit.tiers", properties.tiers(), Algorithm.TOKEN_BUCKET);
        new TierNameCheck(properties, around, problems).check();
        Map<String, ApiKey> keys = new ApiKeyReader(problems).readKeys(properties.apiKeys());
        IdentityReader identity = new IdentityReader(problems);
        Optional<Set<String>> keyNames = around.ownApiKeys() ? Optional.empty() : Optional.of(namesOf(keys));
        return new RateLimitConfiguration(
                properties,
                rules(properties, around, problems),
                new ApiKeyReader(problems).readSettings(properties.apiKeys()),
                keys,
                identity.readOrder(properties.identity().order()),
                identity.readAddresses(properties.identity().ip()),
                identity.readList(
                        "ratelimit.identity.exempt", properties.identity().exempt(), keyNames),
                identity.readList(
                        "ratelimit.identity.blocked", properties.identity().blocked(), keyNames));
    }

    private static RuleSet rules(RateLimitProperties properties, Surroundings around, Problems problems) {
        RuleReader reader = new RuleReader(properties, around, problems);
        Rule defaultRule = reader.readDefault().orElse(null);
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (int i = 0; i < properties.rules().size(); i++) {
            reader.read("ratelimit.rules[" + i + "]", properties.rules().get(i))
                    .ifPresent(rule -> rules.put(rule.id(), rule));
        }
        checkIdsDiffer(properties.rules(), problems);
        return new RuleSet(List.copyOf(rules.values()), defaultRule, properties.defaultTier());
    }

    private static Set<String> namesOf(Map<String, ApiKey> keys) {
        return keys.values().stream().map(ApiKey::name).collect(Collectors.toSet());
    }

    private static void checkIdsDiffer(List<RuleProperties> rules, Problems problems) {
        Map<String, Integer> first = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            String id = rules.get(i).id();
            Integer before = id == null ? null : first.putIfAbsent(id, i);
            if (before != null) {
                problems.add(
                        "ratelimit.rules[" + i + "].id",
                        id,
                        "ratelimit.rules[" + before + "] has the same id",
                        "an id of its own for each rule",
                        id + "-" + (i + 1));
            }
        }
    }
}
