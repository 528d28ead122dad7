package dev.sideline.host.connect;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How somebody lays out a text: what is added to it looks like the rest.
 *
 * @param lineBreak what ends its lines
 * @param indent by what a line in brackets is moved to the right
 */
record TextLayout(String lineBreak, String indent) {

  private static final Pattern INDENTED = Pattern.compile("\\n([ \\t]+)[\"\\[{\\d\\-a-z]");

  /** The one of a text, which need not have more than one line. */
  static TextLayout of(String text) {
    int first = text.indexOf('\n');
    boolean carriageReturn = first > 0 && text.charAt(first - 1) == '\r';
    Matcher indented = INDENTED.matcher(text);
    return new TextLayout(
        carriageReturn ? "\r\n" : "\n", indented.find() ? indented.group(1) : "  ");
  }

  /** A value as it is written into a line that is moved to the right by so much. */
  String printed(JsonNode value, String lineIndent) {
    DefaultIndenter indenter = new DefaultIndenter(indent, "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withSeparators(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""));
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    try {
      return JsoncSyntax.JSON
          .writer(printer)
          .writeValueAsString(value)
          .replace("\n", lineBreak + lineIndent);
    } catch (IOException e) {
      throw new UncheckedIOException("a tree is always printable", e);
    }
  }

  /** The blanks with which the line of a place begins. */
  static String indentAt(String text, int place) {
    int lineStart = lineStart(text, place);
    int end = lineStart;
    while (end < place && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    return text.substring(lineStart, end);
  }

  /** Whether there are only blanks before a place in its line, which is not the first. */
  static boolean onItsOwnLine(String text, int place) {
    int lineStart = lineStart(text, place);
    return lineStart > 0 && text.substring(lineStart, place).isBlank();
  }

  private static int lineStart(String text, int place) {
    return text.lastIndexOf('\n', place - 1) + 1;
  }
}
