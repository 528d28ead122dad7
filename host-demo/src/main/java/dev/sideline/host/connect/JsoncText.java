package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as somebody wrote it, comments and trailing commas included: members can be set and
 * removed, and every character outside of them stays as it is.
 */
final class JsoncText {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                  .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxDocumentLength(4_000_000)
                          .build())
                  .build())
          .build();

  private record Member(String name, int start, int valueStart, int end) {}

  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final String mark;
  private final String text;

  private JsoncText(String mark, String text) {
    this.mark = mark;
    this.text = text;
  }

  /**
   * Takes a text. A byte order mark before it stays there; where it says nothing at all, comments
   * left out, an empty object is added, which means the same.
   *
   * @throws IOException if it is not one JSON object; the message says where
   */
  static JsoncText of(String text) throws IOException {
    String mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    String content = text.substring(mark.length());
    JsonNode tree = JSON.readTree(content);
    if (tree.isMissingNode()) {
      boolean lineBreakNeeded = !content.isEmpty() && !content.endsWith("\n");
      return new JsoncText(mark, content + (lineBreakNeeded ? "\n" : "") + "{}\n");
    }
    if (!tree.isObject()) {
      throw new IOException("it is not a JSON object");
    }
    return new JsoncText(mark, content);
  }

  String text() {
    return mark + text;
  }

  /** The value of a member of a member; null if there is none. */
  @Nullable JsonNode get(String outer, String inner) {
    return tree().path(outer).get(inner);
  }

  /** Whether a member is there and is not an object. */
  boolean hasOther(String name) {
    JsonNode value = tree().get(name);
    return value != null && !value.isObject();
  }

  /** This text with a member of a member set, both added at the end if they are not there. */
  JsoncText with(String outer, String inner, ObjectNode value) {
    ObjectNode expected = tree();
    expected.withObjectProperty(outer).set(inner, value);
    Member parent = member(rootStart(), outer);
    String changed;
    if (parent == null) {
      ObjectNode object = JSON.createObjectNode();
      object.set(inner, value);
      changed = added(rootStart(), outer, object);
    } else {
      Member old = member(parent.valueStart(), inner);
      changed =
          old == null
              ? added(parent.valueStart(), inner, value)
              : text.substring(0, old.valueStart())
                  + printed(value, indentAt(old.start()))
                  + text.substring(old.end());
    }
    return checked(changed, expected);
  }

  /** This text without a member of a member, and without the outer one if that becomes empty. */
  JsoncText without(String outer, String inner) {
    ObjectNode expected = tree();
    Member parent = member(rootStart(), outer);
    if (parent == null || !(expected.get(outer) instanceof ObjectNode object)) {
      return this;
    }
    object.remove(inner);
    if (object.isEmpty()) {
      expected.remove(outer);
      return checked(removed(rootStart(), outer), expected);
    }
    return checked(removed(parent.valueStart(), inner), expected);
  }

  private String added(int objectStart, String name, ObjectNode value) {
    List<Member> members = members(objectStart);
    String outerIndent = indentAt(objectStart);
    if (members.isEmpty()) {
      String indent = outerIndent + "  ";
      int close = skipBlank(objectStart + 1);
      return text.substring(0, objectStart + 1)
          + text.substring(objectStart + 1, close).stripTrailing()
          + "\n"
          + indent
          + quoted(name)
          + ": "
          + printed(value, indent)
          + "\n"
          + outerIndent
          + text.substring(close);
    }
    Member last = members.get(members.size() - 1);
    String indent = onItsOwnLine(last.start()) ? indentAt(last.start()) : outerIndent + "  ";
    return text.substring(0, last.end())
        + ",\n"
        + indent
        + quoted(name)
        + ": "
        + printed(value, indent)
        + text.substring(last.end());
  }

  private String removed(int objectStart, String name) {
    List<Member> members = members(objectStart);
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (!member.name().equals(name)) {
        continue;
      }
      if (i > 0) { // The comma before it goes with it; one behind it takes that one's place.
        int comma = skipBlank(members.get(i - 1).end());
        return text.substring(0, comma)
            + joined(text.substring(comma + 1, member.start()), text.substring(member.end()));
      }
      int behind = skipBlank(member.end());
      int end = text.charAt(behind) == ',' ? behind + 1 : member.end();
      return text.substring(0, objectStart + 1)
          + joined(text.substring(objectStart + 1, member.start()), text.substring(end));
    }
    return text;
  }

  /** What stood before a member and what comes behind it: comments stay, blanks between them go. */
  private static String joined(String gap, String rest) {
    String kept = gap.stripTrailing();
    String lastLine = kept.substring(kept.lastIndexOf('\n') + 1);
    boolean lineBreakNeeded = lastLine.contains("//") && !rest.matches("(?s)[ \\t\\r]*\\n.*");
    return kept + (lineBreakNeeded ? "\n" : "") + rest;
  }

  private int rootStart() {
    return skipBlank(0);
  }

  private int skipBlank(int from) {
    int at = from;
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("/*", at)) {
        at = text.indexOf("*/", at + 2) + 2;
      } else {
        break;
      }
    }
    return at;
  }

  private boolean onItsOwnLine(int place) {
    int lineStart = text.lastIndexOf('\n', place - 1) + 1;
    return lineStart > 0 && text.substring(lineStart, place).isBlank();
  }

  private String indentAt(int place) {
    int lineStart = text.lastIndexOf('\n', place - 1) + 1;
    int end = lineStart;
    while (end < place && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    return text.substring(lineStart, end);
  }

  private @Nullable Member member(int objectStart, String name) {
    return members(objectStart).stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private List<Member> members(int objectStart) {
    List<Member> members = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text.substring(objectStart))) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        int start = offset(objectStart, parser.currentTokenLocation().getCharOffset());
        String name = parser.currentName();
        parser.nextToken();
        int valueStart = offset(objectStart, parser.currentTokenLocation().getCharOffset());
        parser.skipChildren();
        parser.finishToken();
        int end = offset(objectStart, parser.currentLocation().getCharOffset());
        members.add(new Member(name, start, valueStart, end));
      }
    } catch (IOException e) {
      // Where a name stands twice, the first may be no object, though the last, which counts, is.
      throw new IllegalStateException("a member stands there twice", e);
    }
    return members;
  }

  private static int offset(int base, long inside) {
    return base + Math.toIntExact(inside);
  }

  private ObjectNode tree() {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("the text was read before", e);
    }
  }

  /** An edit by position is only as good as its check: the result must mean what was asked for. */
  private JsoncText checked(String changed, ObjectNode expected) {
    try {
      if (JSON.readTree(changed).equals(expected)) {
        return new JsoncText(mark, changed);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the edit broke the text", e);
    }
    throw new IllegalStateException("the edit changed the text's meaning");
  }

  private static String quoted(String name) {
    return JSON.getNodeFactory().textNode(name).toString();
  }

  private static String printed(ObjectNode value, String indent) {
    try {
      DefaultPrettyPrinter printer =
          new DefaultPrettyPrinter()
              .withSeparators(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
      printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
      return JSON.writer(printer).writeValueAsString(value).replace("\n", "\n" + indent);
    } catch (IOException e) {
      throw new UncheckedIOException("a tree is always printable", e);
    }
  }
}
