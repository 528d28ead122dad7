package dev.sideline.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fenced blocks of the project's documents, each after a comment that says what it is. */
record Documents(String text) {

  static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  /** A block and the comment before it, without its arrows. */
  record Block(String comment, String content) {

    boolean is(String kind) {
      return comment.startsWith(kind);
    }

    /** The file that the comment names after a word. */
    String source(String kind) throws IOException {
      return Files.readString(PROJECT.resolve(comment.substring(kind.length())));
    }

    /** Whether it stands in a text, however deep it is indented there. */
    boolean isPartOf(String text) {
      return unindented(text).contains(unindented(content));
    }

    private static String unindented(String text) {
      return text.replaceAll("(?m)^ +", "");
    }
  }

  private static final Pattern BLOCK =
      Pattern.compile("<!-- ([^\n]*?) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL);

  static Documents read(String path) throws IOException {
    return new Documents(Files.readString(PROJECT.resolve(path)));
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  /** What stands in the block after a comment. */
  String after(String comment) {
    return blocks().stream()
        .filter(block -> block.comment().equals(comment))
        .map(Block::content)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no block after <!-- " + comment + " -->"));
  }
}
