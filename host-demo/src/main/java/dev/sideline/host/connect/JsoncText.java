package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.connect.JsoncSyntax.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as somebody wrote it, comments and trailing commas included: what is in it can be
 * set and removed, and every character outside of that stays as it is.
 *
 * <p>Places in it are told as JSON pointers ({@code /mcpServers/x}); {@code -} is behind the last
 * element of an array.
 */
final class JsoncText {

  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final String BEHIND_THE_LAST = "-";

  private final String mark;
  private final String text;
  private final TextLayout layout;

  private JsoncText(String mark, String text, TextLayout layout) {
    this.mark = mark;
    this.text = text;
    this.layout = layout;
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
    JsonNode tree = JsoncSyntax.JSON.readTree(content);
    TextLayout layout = TextLayout.of(content);
    if (tree.isMissingNode()) {
      boolean lineBreakNeeded = !content.isEmpty() && !content.endsWith("\n");
      String lineBreak = lineBreakNeeded ? layout.lineBreak() : "";
      return new JsoncText(mark, content + lineBreak + "{}" + layout.lineBreak(), layout);
    }
    if (!tree.isObject()) {
      throw new IOException("it is not a JSON object");
    }
    return new JsoncText(mark, content, layout);
  }

  String text() {
    return mark + text;
  }

  /** What it means. The caller may change the answer. */
  ObjectNode tree() {
    try {
      return (ObjectNode) JsoncSyntax.JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("the text was read before", e);
    }
  }

  /** What stands at a place; a missing node if nothing does. */
  JsonNode at(JsonPointer place) {
    return tree().at(place);
  }

  /**
   * This text with a value at a place. What the place is in is added at the end of what that is in,
   * if it is not there.
   *
   * @throws IllegalStateException if it cannot be done without changing something else
   */
  JsoncText with(JsonPointer place, JsonNode value) {
    ObjectNode expected = tree();
    put(expected, place, value);
    int container = rootStart();
    for (JsonPointer rest = place; ; rest = rest.tail()) {
      Child child = child(container, rest);
      if (child == null) {
        JsonNode added = wrapped(rest.tail(), value);
        return checked(added(container, rest.getMatchingProperty(), added), expected);
      }
      if (rest.tail().matches()) {
        String printed = layout.printed(value, TextLayout.indentAt(text, child.start()));
        return checked(
            text.substring(0, child.valueStart()) + printed + text.substring(child.end()),
            expected);
      }
      container = child.valueStart();
    }
  }

  /**
   * This text without what stands at a place; it is the same text if nothing does.
   *
   * @throws IllegalStateException if it cannot be done without changing something else
   */
  JsoncText without(JsonPointer place) {
    ObjectNode expected = tree();
    JsonNode holder = expected.at(place.head());
    if (holder instanceof ObjectNode object && object.has(place.last().getMatchingProperty())) {
      object.remove(place.last().getMatchingProperty());
    } else if (holder instanceof ArrayNode array && array.has(place.last().getMatchingIndex())) {
      array.remove(place.last().getMatchingIndex());
    } else {
      return this;
    }
    int container = rootStart();
    JsonPointer rest = place;
    for (; !rest.tail().matches(); rest = rest.tail()) {
      container = childThatIsThere(container, rest).valueStart();
    }
    return checked(removed(container, childThatIsThere(container, rest)), expected);
  }

  private static void put(JsonNode root, JsonPointer place, JsonNode value) {
    JsonNode holder = root;
    for (JsonPointer rest = place; ; rest = rest.tail()) {
      String name = rest.getMatchingProperty();
      JsonNode next = holder.isArray() ? holder.get(rest.getMatchingIndex()) : holder.get(name);
      boolean last = rest.tail().matches();
      if (next == null || last) {
        JsonNode added = last ? value : wrapped(rest.tail(), value);
        if (holder instanceof ObjectNode object) {
          object.set(name, added);
        } else if (holder instanceof ArrayNode array && next != null) {
          array.set(rest.getMatchingIndex(), added);
        } else if (holder instanceof ArrayNode array && name.equals(BEHIND_THE_LAST)) {
          array.add(added);
        } else {
          throw new IllegalStateException("nothing can stand at " + place);
        }
        return;
      }
      holder = next;
    }
  }

  /** A value in new objects and arrays, such that it stands at a place of the outermost one. */
  private static JsonNode wrapped(JsonPointer place, JsonNode value) {
    if (place.matches()) {
      return value;
    }
    JsonNode inner = wrapped(place.tail(), value);
    String name = place.getMatchingProperty();
    return name.equals(BEHIND_THE_LAST)
        ? JsonNodeFactory.instance.arrayNode().add(inner)
        : JsonNodeFactory.instance.objectNode().set(name, inner);
  }

  private String added(int container, String name, JsonNode value) {
    boolean member = text.charAt(container) == '{';
    String label = member ? JsonNodeFactory.instance.textNode(name) + ": " : "";
    List<Child> children = JsoncSyntax.children(text, container);
    String outerIndent = TextLayout.indentAt(text, container);
    if (children.isEmpty()) {
      String indent = outerIndent + layout.indent();
      int close = JsoncSyntax.skipBlank(text, container + 1);
      return text.substring(0, container + 1)
          + text.substring(container + 1, close).stripTrailing()
          + layout.lineBreak()
          + indent
          + label
          + layout.printed(value, indent)
          + layout.lineBreak()
          + outerIndent
          + text.substring(close);
    }
    Child last = children.get(children.size() - 1);
    boolean ownLine = TextLayout.onItsOwnLine(text, last.start());
    String indent =
        ownLine ? TextLayout.indentAt(text, last.start()) : outerIndent + layout.indent();
    String gap = !ownLine && value.isValueNode() ? " " : layout.lineBreak() + indent;
    return text.substring(0, last.end())
        + ","
        + gap
        + label
        + layout.printed(value, indent)
        + text.substring(last.end());
  }

  private String removed(int container, Child gone) {
    List<Child> children = JsoncSyntax.children(text, container);
    int index = children.indexOf(gone);
    if (index > 0) { // The comma before it goes with it; one behind it takes that one's place.
      int comma = JsoncSyntax.skipBlank(text, children.get(index - 1).end());
      return text.substring(0, comma)
          + joined(text.substring(comma + 1, gone.start()), text.substring(gone.end()));
    }
    int behind = JsoncSyntax.skipBlank(text, gone.end());
    int end = text.charAt(behind) == ',' ? behind + 1 : gone.end();
    return text.substring(0, container + 1)
        + joined(text.substring(container + 1, gone.start()), text.substring(end));
  }

  /** What stood before a child and what comes behind it: comments stay, blanks between them go. */
  private String joined(String gap, String rest) {
    String kept = gap.stripTrailing();
    String lastLine = kept.substring(kept.lastIndexOf('\n') + 1);
    boolean lineBreakNeeded = lastLine.contains("//") && !rest.matches("(?s)[ \\t\\r]*\\n.*");
    return kept + (lineBreakNeeded ? layout.lineBreak() : "") + rest;
  }

  private int rootStart() {
    return JsoncSyntax.skipBlank(text, 0);
  }

  private @Nullable Child child(int container, JsonPointer step) {
    char bracket = text.charAt(container);
    if (bracket != '{' && bracket != '[') {
      throw new IllegalStateException("a member stands there twice");
    }
    List<Child> children = JsoncSyntax.children(text, container);
    int index = step.getMatchingIndex();
    if (bracket == '[') {
      return index >= 0 && index < children.size() ? children.get(index) : null;
    }
    return children.stream()
        .filter(child -> step.getMatchingProperty().equals(child.name()))
        .findFirst()
        .orElse(null);
  }

  private Child childThatIsThere(int container, JsonPointer step) {
    Child child = child(container, step);
    if (child == null) {
      throw new IllegalStateException("a member stands there twice");
    }
    return child;
  }

  /** An edit by position is only as good as its check: the result must mean what was asked for. */
  private JsoncText checked(String changed, ObjectNode expected) {
    try {
      if (JsoncSyntax.JSON.readTree(changed).equals(expected)) {
        return new JsoncText(mark, changed, layout);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the edit broke the text", e);
    }
    throw new IllegalStateException("the edit changed the text's meaning");
  }
}
