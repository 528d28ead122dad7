package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.sideline.host.connect.TomlStatements.Statement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * A TOML file as somebody wrote it: tables can be added at its end and taken out, and every
 * character outside of them stays as it is.
 */
final class TomlText {

  private static final TomlMapper TOML =
      new TomlMapper(
          TomlFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(200)
                      .maxDocumentLength(17L << 20)
                      .build())
              .build());

  private static final char PRIVATE_USE = '\ue000';
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final String mark;
  private final String text;

  private TomlText(String mark, String text) {
    this.mark = mark;
    this.text = text;
  }

  /**
   * Takes a text. A byte order mark before it stays there.
   *
   * @throws IOException if it is no TOML; the message says where
   */
  static TomlText of(String text) throws IOException {
    String mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    String content = text.substring(mark.length());
    parsed(content);
    return new TomlText(mark, content);
  }

  String text() {
    return mark + text;
  }

  /** It without the byte order mark. */
  String bare() {
    return text;
  }

  /** Whether nothing is in it but blanks. */
  boolean isBlank() {
    return text.isBlank();
  }

  /**
   * What it means, but for characters of two units: see {@link #inPairs}. The caller may change the
   * answer.
   */
  ObjectNode tree() {
    try {
      return parsed(text);
    } catch (IOException e) {
      throw new UncheckedIOException("the text was read before", e);
    }
  }

  /**
   * This text with tables behind it, a blank line before them.
   *
   * @param tables with {@code \n} at the end of each line
   * @param expected what all of it has to mean
   * @throws IllegalStateException if it would not mean that
   */
  TomlText with(String tables, ObjectNode expected) {
    String lineBreak = TextLayout.of(text).lineBreak();
    String end = text.isEmpty() || text.endsWith("\n") ? "" : lineBreak;
    String gap = text.isEmpty() ? "" : lineBreak;
    return checked(text + end + gap + tables.replace("\n", lineBreak), expected);
  }

  /**
   * This text without some of its statements, without the comment that stands before one of them,
   * and without the blank lines around.
   *
   * @param comment goes if one of the statements follows it
   * @param expected what the rest has to mean
   * @throws IllegalStateException if it would not mean that
   */
  TomlText without(Set<Statement> gone, String comment, ObjectNode expected) {
    StringBuilder rest = new StringBuilder();
    int kept = 0;
    boolean goneBefore = false;
    for (Statement statement : TomlStatements.of(text)) {
      if (!gone.contains(statement)) {
        goneBefore = false;
        continue;
      }
      String gap = text.substring(kept, statement.start());
      rest.append(goneBefore && gap.isBlank() ? "" : withoutComment(gap, comment));
      kept = statement.end();
      goneBefore = true;
    }
    return checked(rest + text.substring(kept), expected);
  }

  /** What stands before a statement that goes, without our comment and the line before that. */
  private static String withoutComment(String gap, String comment) {
    String stripped = gap.stripTrailing();
    if (!stripped.endsWith(comment)) {
      return gap;
    }
    String before = stripped.substring(0, stripped.length() - comment.length());
    String withoutLine = before.replaceFirst("\\r?\\n\\z", "");
    return withoutLine.isEmpty() || withoutLine.endsWith("\n") ? withoutLine : before;
  }

  /** An edit by position is only as good as its check: the result must mean what was asked for. */
  private TomlText checked(String changed, ObjectNode expected) {
    try {
      if (parsed(changed).equals(expected)) {
        return new TomlText(mark, changed);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the edit broke the text", e);
    }
    throw new IllegalStateException("the edit changed the text's meaning");
  }

  /**
   * The parser misreads a pair of surrogates that is at the edge of its buffer. They are given to
   * it as characters for private use, of which each is one unit.
   */
  private static String inSingleUnits(String text) {
    return shifted(text, Character.MIN_SURROGATE, PRIVATE_USE - Character.MIN_SURROGATE);
  }

  /** A text of {@link #tree()} as it stands in the file. */
  static String inPairs(String meant) {
    String pairs = shifted(meant, PRIVATE_USE, Character.MIN_SURROGATE - PRIVATE_USE);
    return StandardCharsets.UTF_8.newEncoder().canEncode(pairs) ? pairs : meant;
  }

  private static String shifted(String text, char first, int by) {
    int last = first + (Character.MAX_SURROGATE - Character.MIN_SURROGATE);
    char[] units = text.toCharArray();
    for (int i = 0; i < units.length; i++) {
      if (units[i] >= first && units[i] <= last) {
        units[i] = (char) (units[i] + by);
      }
    }
    return new String(units);
  }

  private static ObjectNode parsed(String text) throws IOException {
    JsonNode tree = TOML.readTree(inSingleUnits(text));
    if (tree instanceof ObjectNode object) {
      return object;
    }
    if (tree.isMissingNode()) {
      return TOML.createObjectNode();
    }
    throw new IOException("it is no TOML");
  }

  /** The text of a string in double quotes. */
  static String unescaped(String inside) {
    try {
      return TOML.readTree("k = \"" + inside + "\"").path("k").asText();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the text was read before", e);
    }
  }

  /** A string as it is written. */
  static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
