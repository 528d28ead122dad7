package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.mcp.ClientMessage.Notification;
import dev.sideline.host.mcp.ClientMessage.Refused;
import dev.sideline.host.mcp.ClientMessage.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a line. There should be one; if there are several, all of them count, since
 * a client that waits for an answer waits for ever where it was left out.
 */
final class MessageReader {

  /** So many values in one line are read, and an error said for the rest. */
  private static final int MAX_VALUES = 1_000;

  private final ObjectReader reader;

  /**
   * @param json bounds what is read
   */
  MessageReader(JsonMapper json) {
    // What goes on to a tool must be what was written, numbers included.
    this.reader =
        json.readerFor(JsonNode.class)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
  }

  /** Never fails for what stands in the line; nothing if it is blank. */
  List<ClientMessage> read(byte[] line) {
    List<ClientMessage> messages = new ArrayList<>();
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return List.of(refused(line, "it is not in UTF-8"));
    }
    try (JsonParser values = reader.createParser(text)) {
      while (values.nextToken() != null) {
        if (messages.size() >= MAX_VALUES) {
          messages.add(noMessage(Refused.NO_ID, "there are too many in one line"));
          return messages;
        }
        JsonNode value = reader.readTree(values);
        add(value, messages);
      }
    } catch (StreamConstraintsException e) {
      messages.add(beyondLimits(line, messages.isEmpty()));
    } catch (NumberFormatException e) { // Of an exponent that no number can have.
      messages.add(beyondLimits(line, messages.isEmpty()));
    } catch (JsonProcessingException e) {
      messages.add(
          messages.isEmpty()
              ? refused(line, "it is not JSON")
              : new Refused(
                  Refused.NO_ID, Refused.NOT_JSON, "Parse error: what follows is not JSON"));
    } catch (IOException e) {
      throw new IllegalStateException("a text is read without a failure of its source", e);
    }
    return messages;
  }

  /** The JSON object that is a text; null if it is none. */
  @Nullable ObjectNode object(String text) {
    try (JsonParser values = reader.createParser(text)) {
      JsonNode first = values.nextToken() == null ? null : reader.readTree(values);
      return first instanceof ObjectNode object && values.nextToken() == null ? object : null;
    } catch (IOException | NumberFormatException e) {
      return null;
    }
  }

  private static Refused beyondLimits(byte[] line, boolean first) {
    return noMessage(
        idIn(line, first),
        "it is nested more than "
            + McpToolServer.DEEPEST_MESSAGE
            + " deep, has more than "
            + McpToolServer.MOST_TOKENS
            + " parts, or a name or number beyond all measure");
  }

  private static Refused refused(byte[] line, String reason) {
    return new Refused(idIn(line, true), Refused.NOT_JSON, "Parse error: " + reason);
  }

  private static String idIn(byte[] line, boolean first) {
    String id = first ? MessageId.in(line) : null;
    return id == null ? Refused.NO_ID : id;
  }

  private static Refused noMessage(String id, String reason) {
    return new Refused(id, Refused.NO_MESSAGE, "Not a message that is taken here: " + reason);
  }

  private static void add(JsonNode value, List<ClientMessage> messages) {
    if (value instanceof ObjectNode object) {
      addMessage(object, messages);
    } else if (value.isArray() && !value.isEmpty()) {
      for (JsonNode element : value) {
        messages.add(
            noMessage(idOf(element), "a list; MCP has one message in a line and no batches"));
      }
    } else {
      messages.add(noMessage(Refused.NO_ID, "a message is a JSON object"));
    }
  }

  private static void addMessage(ObjectNode object, List<ClientMessage> messages) {
    JsonNode method = object.path("method");
    JsonNode id = object.path("id");
    if (!"2.0".equals(object.path("jsonrpc").textValue())) {
      messages.add(noMessage(idOf(object), "its 'jsonrpc' is not \"2.0\""));
    } else if (method.isTextual()) {
      messages.add(withMethod(method.textValue(), object, id));
    } else if (!method.isMissingNode() || !isAnswer(object)) {
      messages.add(noMessage(idOf(object), "its 'method' must be a text"));
    }
    // We ask the client nothing, so that an answer of its is to nobody.
  }

  private static boolean isAnswer(ObjectNode object) {
    return object.has("result") || object.has("error");
  }

  private static ClientMessage withMethod(String method, ObjectNode object, JsonNode id) {
    if (id.isMissingNode()) {
      return new Notification(method, object.path("params"));
    }
    if (id.isTextual()) {
      return new Request(id.textValue(), method, object.path("params"), Relayed.of(object));
    }
    if (id.isIntegralNumber() && id.canConvertToLong()) {
      return new Request(id.numberValue(), method, object.path("params"), Relayed.of(object));
    }
    return noMessage(idOf(object), "its 'id' must be a text or a whole number");
  }

  /** As JSON. */
  private static String idOf(JsonNode message) {
    JsonNode id = message.path("id");
    return id.isTextual() || id.isNumber() ? id.toString() : Refused.NO_ID;
  }
}
