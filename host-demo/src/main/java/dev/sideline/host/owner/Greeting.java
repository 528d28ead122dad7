package dev.sideline.host.owner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first: which command it wants carried out, and all of its own surroundings
 * that the command may want to know. One line of JSON.
 *
 * @param protocol how it speaks; see {@link #PROTOCOL}
 * @param program which program it is
 * @param client tells it from all others, also when it comes again after its owner has gone
 * @param arguments the command line
 * @param directory its working directory, absolute
 * @param environment its environment variables
 * @param processes its own process and those that it comes from, the nearest first
 * @param terminal whether a person sees what is written at once
 * @param config the text of the configuration file that the command line names; null for none
 */
public record Greeting(
    int protocol,
    Program program,
    String client,
    List<String> arguments,
    String directory,
    Map<String, String> environment,
    List<Long> processes,
    boolean terminal,
    @Nullable String config) {

  /** What is spoken here. A client of another number is not understood, nor understands. */
  public static final int PROTOCOL = 1;

  /** An environment and a command line have about two million bytes at most on Linux. */
  static final int LONGEST_BYTES = 8 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(5)
                  .maxStringLength(LONGEST_BYTES)
                  .build())
          .build();

  public Greeting {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    processes = List.copyOf(processes);
  }

  /** The line, without a line break. */
  String line() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("sideline", protocol);
      program.write(json);
      json.writeStringField("client", client);
      json.writeFieldName("arguments");
      json.writeStartArray();
      for (String argument : arguments) {
        json.writeString(argument);
      }
      json.writeEndArray();
      json.writeStringField("directory", directory);
      json.writeFieldName("environment");
      json.writeStartObject();
      for (Map.Entry<String, String> variable : environment.entrySet()) {
        json.writeStringField(variable.getKey(), variable.getValue());
      }
      json.writeEndObject();
      json.writeFieldName("processes");
      json.writeStartArray();
      for (long process : processes) {
        json.writeNumber(process);
      }
      json.writeEndArray();
      json.writeBooleanField("terminal", terminal);
      if (config != null) {
        json.writeStringField("config", config);
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
   * @throws IOException if it is none; the message says why, in words
   */
  static Greeting read(String line) throws IOException {
    Reading reading = new Reading();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("a greeting is a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        reading.take(name, json);
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        throw new IOException("a greeting is one JSON object");
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new IOException("the greeting is not JSON", e);
    }
    return reading.greeting();
  }

  /** A greeting as far as it was read. */
  private static final class Reading {
    private int protocol;
    private String version = "";
    private String jar = "";
    private long size;
    private long modified;
    private String client = "";
    private final List<String> arguments = new ArrayList<>();
    private @Nullable String directory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<Long> processes = new ArrayList<>();
    private boolean terminal;
    private @Nullable String config;

    void take(String name, JsonParser json) throws IOException {
      switch (name) {
        case "sideline" -> protocol = json.getValueAsInt();
        case Program.VERSION -> version = text(name, json);
        case Program.JAR -> jar = text(name, json);
        case Program.SIZE -> size = json.getValueAsLong();
        case Program.MODIFIED -> modified = json.getValueAsLong();
        case "client" -> client = text(name, json);
        case "directory" -> directory = text(name, json);
        case "terminal" -> terminal = json.getValueAsBoolean();
        case "config" -> config = text(name, json);
        case "arguments" -> {
          require(JsonToken.START_ARRAY, name, json);
          while (json.nextToken() != JsonToken.END_ARRAY) {
            arguments.add(text(name, json));
          }
        }
        case "processes" -> {
          require(JsonToken.START_ARRAY, name, json);
          while (json.nextToken() != JsonToken.END_ARRAY) {
            require(JsonToken.VALUE_NUMBER_INT, name, json);
            processes.add(json.getLongValue());
          }
        }
        case "environment" -> {
          require(JsonToken.START_OBJECT, name, json);
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String variable = json.currentName();
            json.nextToken();
            environment.put(variable, text(name, json));
          }
        }
        default -> json.skipChildren(); // Of a later version of the same protocol.
      }
    }

    private static String text(String name, JsonParser json) throws IOException {
      require(JsonToken.VALUE_STRING, name, json);
      return json.getText();
    }

    private static void require(JsonToken wanted, String name, JsonParser json) throws IOException {
      if (json.currentToken() != wanted) {
        throw new IOException("'" + name + "' of the greeting is something else than it should be");
      }
    }

    Greeting greeting() throws IOException {
      String where = directory;
      if (protocol == 0 || client.isEmpty() || where == null) {
        throw new IOException("the greeting lacks 'sideline', 'client' or 'directory'");
      }
      return new Greeting(
          protocol,
          new Program(version, jar, size, modified),
          client,
          arguments,
          where,
          environment,
          processes,
          terminal,
          config);
    }
  }
}
