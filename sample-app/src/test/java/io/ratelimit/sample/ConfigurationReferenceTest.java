package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.spring.configuration.LimitProperties;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.configuration.RuleProperties;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/configuration.md lists every property there is and no other, with its default and the text that an IDE shows. */
class ConfigurationReferenceTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `(ratelimit\\.[^`]+)` \\| (.*?) \\| (.*) \\|$", Pattern.MULTILINE);
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** A property as the page shows it. */
    private record Entry(String defaultValue, String description) {}

    @Test
    void listsThePropertiesOfTheMetadata() throws IOException {
        Map<String, Entry> documented = documented();
        documented.keySet().removeIf(name -> name.contains("[]."));

        assertThat(documented).containsExactlyInAnyOrderEntriesOf(metadata());
    }

    /** The metadata stops at lists, so the elements of lists are compared with the records that they are bound to. */
    @Test
    void listsThePropertiesWithinLists() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        addComponents("ratelimit.rules[].", RuleProperties.class, expected);
        addComponents("ratelimit.rules[].limits[].", LimitProperties.class, expected);
        addComponents("ratelimit.api-keys.keys[].", RateLimitProperties.ApiKey.class, expected);

        Map<String, String> documented = new TreeMap<>();
        documented().forEach((name, entry) -> {
            if (name.contains("[].")) {
                documented.put(name, entry.defaultValue());
            }
        });
        assertThat(documented).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Map<String, Entry> documented() throws IOException {
        Map<String, Entry> entries = new TreeMap<>();
        Matcher row = ROW.matcher(Snippets.document("docs/configuration.md"));
        while (row.find()) {
            assertThat(entries.put(row.group(1), new Entry(row.group(2), row.group(3))))
                    .as("%s stands once", row.group(1))
                    .isNull();
        }
        return entries;
    }

    private static Map<String, Entry> metadata() throws IOException {
        Map<String, Entry> entries = new TreeMap<>();
        ClassLoader loader = ConfigurationReferenceTest.class.getClassLoader();
        for (URL file : Collections.list(loader.getResources(METADATA))) {
            try (InputStream in = file.openStream()) {
                for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
                    String name = property.path("name").asString();
                    if (name.startsWith("ratelimit.")) {
                        entries.put(
                                name,
                                new Entry(
                                        code(text(property.path("defaultValue"))),
                                        property.path("description").asString()));
                    }
                }
            }
        }
        return entries;
    }

    private static String text(JsonNode value) {
        if (value.isArray()) {
            return String.join(", ", value.valueStream().map(JsonNode::asString).toList());
        }
        return value.isMissingNode() ? "" : value.asString();
    }

    private static void addComponents(String prefix, Class<?> type, Map<String, String> names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + kebabCase(component.getName());
            if (component.getType().isRecord()) {
                addComponents(name + ".", component.getType(), names);
            } else {
                names.put(name, defaultOf(type, component));
            }
        }
    }

    /** The annotation stands on the parameter of the constructor, not on the component. */
    private static String defaultOf(Class<?> type, RecordComponent component) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            for (Parameter parameter : constructor.getParameters()) {
                DefaultValue value = parameter.getAnnotation(DefaultValue.class);
                if (value != null && parameter.getName().equals(component.getName())) {
                    return code(String.join(", ", value.value()));
                }
            }
        }
        return "";
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
