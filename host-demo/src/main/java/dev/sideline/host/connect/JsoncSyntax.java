package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the parts of a JSON text stand, comments and trailing commas included. */
final class JsoncSyntax {

  /** Reads it, as people write it. */
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                  .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxDocumentLength(17L << 20)
                          .build())
                  .build())
          .build();

  /**
   * A member of an object or an element of an array.
   *
   * @param name null for an element
   * @param start of its name, or of its value if it has none
   */
  record Child(@Nullable String name, int start, int valueStart, int end) {}

  private JsoncSyntax() {}

  /**
   * What is in an object or an array.
   *
   * @param start where its bracket stands, in a text that was read before
   */
  static List<Child> children(String text, int start) {
    List<Child> children = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text.substring(start))) {
      parser.nextToken();
      for (JsonToken token = parser.nextToken(); !ends(token); token = parser.nextToken()) {
        int childStart = offset(start, parser.currentTokenLocation().getCharOffset());
        String name = null;
        if (token == JsonToken.FIELD_NAME) {
          name = parser.currentName();
          parser.nextToken();
        }
        int valueStart = offset(start, parser.currentTokenLocation().getCharOffset());
        parser.skipChildren();
        parser.finishToken();
        int end = offset(start, parser.currentLocation().getCharOffset());
        children.add(new Child(name, childStart, valueStart, end));
      }
    } catch (IOException e) {
      // Where a name stands twice, the first may be no object, though the last, which counts, is.
      throw new IllegalStateException("a member stands there twice", e);
    }
    return children;
  }

  private static boolean ends(@Nullable JsonToken token) {
    return token == null || token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY;
  }

  /** The next place that is neither blank nor in a comment. */
  static int skipBlank(String text, int from) {
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

  private static int offset(int base, long inside) {
    return base + Math.toIntExact(inside);
  }
}
