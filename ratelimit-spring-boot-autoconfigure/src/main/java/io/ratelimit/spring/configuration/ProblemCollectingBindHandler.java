package io.ratelimit.spring.configuration;

import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.convert.ConversionFailedException;

/**
 * Binds {@link RateLimitProperties} to the end, whatever is wrong on the way, and then tells everything at once: values
 * that cannot be converted, names that do not exist, and what the checks find in the rest.
 */
final class ProblemCollectingBindHandler extends AbstractBindHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemCollectingBindHandler.class);

    private final RateLimitConfigurationReader reader;
    private final GivenProperties given = new GivenProperties();
    private final Problems problems = new Problems(given);
    private final TreeMap<String, ConfigurationProperty> unknown = new TreeMap<>();
    private final Overrides overrides = new Overrides(given, problems);
    private boolean ours;

    ProblemCollectingBindHandler(BindHandler parent, RateLimitConfigurationReader reader) {
        super(parent);
        this.reader = reader;
    }

    @Override
    public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
        if (context.getDepth() == 0) {
            ours = target.getType().resolve() == RateLimitProperties.class;
        }
        return super.onStart(name, target, context);
    }

    @Override
    public @Nullable Object onSuccess(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        if (ours) {
            remember(name, context.getConfigurationProperty());
        }
        Object used = super.onSuccess(name, target, context, result);
        return used instanceof RateLimitProperties properties ? overrides.merge(properties) : used;
    }

    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) throws Exception {
        if (!ours || context.getDepth() == 0) {
            return super.onFailure(name, target, context, error);
        }
        if (error instanceof UnboundConfigurationPropertiesException unbound) {
            collect(unbound.getUnboundProperties());
            return null;
        }
        ConfigurationProperty property = find(name, context);
        remember(name, property);
        Object value = valueOf(error, property);
        if (!isBlank(value)) {
            TypeExpectation.of(target.getType()).addProblem(problems, name.toString(), value, error);
        }
        return null;
    }

    @Override
    public void onFinish(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result)
            throws Exception {
        try {
            super.onFinish(name, target, context, result);
        } catch (UnboundConfigurationPropertiesException unbound) {
            if (!ours) {
                throw unbound;
            }
            collect(unbound.getUnboundProperties());
        }
        if (ours && context.getDepth() == 0) {
            OverriddenLists lists = new OverriddenLists(context.getSources());
            lists.describe().forEach(log::warn);
            given.setLists(lists);
            unknown.values().removeIf(property -> lists.hold(property.getName()));
            Set<ConfigurationPropertyName> unbound = unknown.values().stream()
                    .map(ConfigurationProperty::getName)
                    .collect(Collectors.toSet());
            // What could not be converted is left over, too, but has been told already; what is empty says nothing.
            unknown.keySet().removeIf(key -> problems.has(key) || given.has(key));
            unknown.values().forEach(given::add);
            unknown.values()
                    .forEach(property ->
                            KnownProperties.addUnknown(problems, property.getName(), property.getValue(), unbound));
            if (result instanceof RateLimitProperties properties) {
                overrides.checkNames(context.getSources(), properties);
                reader.read(properties, problems);
            }
            problems.throwIfAny();
            overrides.inForce().forEach(log::info);
        }
    }

    /** Below a value that should have been a group, the context no longer knows it. */
    private static @Nullable ConfigurationProperty find(ConfigurationPropertyName name, BindContext context) {
        for (ConfigurationPropertySource source : context.getSources()) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return property;
            }
        }
        return context.getConfigurationProperty();
    }

    private void collect(Set<ConfigurationProperty> unbound) {
        unbound.forEach(property -> unknown.putIfAbsent(property.getName().toString(), property));
    }

    private void remember(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
        if (property != null && property.getName().equals(name)) {
            given.add(property);
        }
    }

    private static @Nullable Object valueOf(Exception error, @Nullable ConfigurationProperty property) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConversionFailedException failed) {
                return failed.getValue();
            }
        }
        return property == null ? null : property.getValue();
    }

    /** YAML leaves an empty text where a name has no value, which means that the name was not given. */
    private static boolean isBlank(@Nullable Object value) {
        return value instanceof CharSequence text && text.toString().isBlank();
    }
}
