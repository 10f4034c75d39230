package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/operations.md says of every kind of failure what it means and what to do about it, and of no other. */
class BackendErrorsTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z-]+)` \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);

    @Test
    void eachKindIsExplained() throws IOException {
        String page = Snippets.document("docs/operations.md");
        int begin = page.indexOf("| kind | what it means | what to do |");
        assertThat(begin).as("the table of kinds").isPositive();
        Matcher row = ROW.matcher(page.substring(begin, page.indexOf("\n\n", begin)));
        List<String> explained = new ArrayList<>();
        while (row.find()) {
            explained.add(row.group(1));
        }
        assertThat(explained)
                .containsExactlyInAnyOrderElementsOf(Stream.of(StoreException.Kind.values())
                        .map(StoreException.Kind::id)
                        .toList());
    }
}
