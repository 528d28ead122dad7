package dev.sideline.host.owner;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * What the owner answers to a greeting. One line of JSON.
 *
 * @param version of the owner's program
 * @param process its number
 * @param error why the client is not served, in words for a person; null if it is
 * @param ends whether the owner ends now, so that the client may start another
 */
record Welcome(String version, long process, @Nullable String error, boolean ends) {

  static final int LONGEST_BYTES = 64 << 10;

  private static final JsonFactory JSON = new JsonFactory();

  /** The line, without a line break. */
  String line() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("sideline", Greeting.PROTOCOL);
      json.writeStringField("version", version);
      json.writeNumberField("process", process);
      if (error != null) {
        json.writeStringField("error", error);
      }
      if (ends) {
        json.writeBooleanField("ends", true);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a text takes whatever is written", e);
    }
    return text.toString();
  }

  /**
   * Reads it.
   *
   * @throws IOException if it is none
   */
  static Welcome read(String line) throws IOException {
    String version = "";
    long process = 0;
    String error = null;
    boolean ends = false;
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("whoever listens there is no owner");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "version" -> version = json.getText();
          case "process" -> process = json.getValueAsLong();
          case "error" -> error = json.getText();
          case "ends" -> ends = json.getValueAsBoolean();
          default -> json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException("whoever listens there is no owner", e);
    }
    return new Welcome(version, process, error, ends);
  }
}
