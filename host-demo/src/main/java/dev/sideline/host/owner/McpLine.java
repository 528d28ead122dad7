package dev.sideline.host.owner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * As much of a line of MCP as has to be known to ask it again: what it is and what it is about.
 *
 * @param method null if it has none, as an answer
 * @param id as JSON; null if it has none
 * @param cancelled the id of the request that it gives up, as JSON; null if it gives up none
 */
record McpLine(@Nullable String method, @Nullable String id, @Nullable String cancelled) {

  /** Under which the owner is told which call it is, whatever its id. */
  static final String KEY = "sideline/key";

  /** Whether it may have been made before, by an owner that has gone since. */
  static final String AGAIN = "sideline/again";

  /** Whether it may have been on its way while there was no owner. */
  static final String LATE = "sideline/late";

  static final String INITIALIZE = "initialize";
  static final String INITIALIZED = "notifications/initialized";
  static final String CANCELLED = "notifications/cancelled";
  static final String CALL = "tools/call";

  static final McpLine UNKNOWN = new McpLine(null, null, null);
  private static final JsonFactory JSON = new JsonFactory();

  /** What a line is; nothing is known of one that is no message. */
  static McpLine of(byte[] line) {
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return UNKNOWN;
      }
      String method = null;
      String id = null;
      String cancelled = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "method" -> method = json.getValueAsString();
          case "id" -> id = value(json);
          case "params" -> cancelled = member("requestId", json);
          default -> json.skipChildren();
        }
      }
      return json.nextToken() == null ? new McpLine(method, id, cancelled) : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN; // The owner says what is wrong with it.
    }
  }

  /** The id of an answer, as JSON; null if a line is none. Ours have it before the result. */
  static @Nullable String answerId(byte[] line) {
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("id")) {
          return value(json);
        }
        if (name.equals("method")) {
          return null;
        }
        json.skipChildren();
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable String value(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      return '"' + json.getText() + '"';
    }
    if (token.isNumeric()) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }

  private static @Nullable String member(String wanted, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return null;
    }
    String found = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean here = json.currentName().equals(wanted);
      json.nextToken();
      String value = value(json);
      if (here) {
        found = value;
      }
    }
    return found;
  }

  /** Whether it wants an answer. */
  boolean isRequest() {
    return method != null && id != null;
  }

  /** The line with members before all others; it is an object that has some. */
  static byte[] with(String members, byte[] line) {
    int open = 0;
    while (line[open] != '{') {
      open++;
    }
    byte[] added = members.getBytes(StandardCharsets.UTF_8);
    byte[] longer = new byte[line.length + added.length];
    System.arraycopy(line, 0, longer, 0, open + 1);
    System.arraycopy(added, 0, longer, open + 1, added.length);
    System.arraycopy(line, open + 1, longer, open + 1 + added.length, line.length - open - 1);
    return longer;
  }
}
