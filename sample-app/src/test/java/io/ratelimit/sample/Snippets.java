package io.ratelimit.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The fenced blocks of README.md and docs/. */
final class Snippets {
    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Path ROOT =
            Path.of(System.getProperty("project.basedir", ".")).resolve("..");

    private Snippets() {}

    /**
     * One block.
     *
     * @param place file and line of its first line
     * @param text what stands between the fences
     */
    record Snippet(String place, String text) {
        @Override
        public String toString() {
            return place;
        }
    }

    /** Returns the text of a document at the root of the project. */
    static String document(String name) throws IOException {
        return Files.readString(ROOT.resolve(name));
    }

    /** Returns all blocks in a language. */
    static List<Snippet> in(String language) throws IOException {
        List<Snippet> found = new ArrayList<>();
        for (Path document : documents()) {
            String text = Files.readString(document);
            Matcher block = BLOCK.matcher(text);
            while (block.find()) {
                if (block.group(1).equals(language)) {
                    long line = text.substring(0, block.start(2)).lines().count() + 1;
                    found.add(new Snippet(document.getFileName() + ":" + line, block.group(2)));
                }
            }
        }
        return found;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.sorted())
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }
}
