package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.Barrier;
import dev.sideline.host.mcp.ClientMessage.Notification;
import dev.sideline.host.mcp.ClientMessage.Refused;
import dev.sideline.host.mcp.ClientMessage.Request;
import dev.sideline.host.text.Characters;
import dev.sideline.host.text.Harmless;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Sees to it that each request is answered. The SDK gets what it can do something with and nothing
 * else; what is wrong with a request is told here, in words and under its id. Belongs to the thread
 * that reads.
 */
final class ClientRequests {

  private static final int MAX_SHOWN_CHARS = 100;
  private static final Map<String, Object> NO_PARAMS = Map.of();

  private final JsonMapper json;
  private final MessageReader messages;
  private final ClientConnection client;
  private final OpenCalls calls;
  private final Set<String> tools;
  private boolean greeted;
  private boolean initialized;

  /**
   * @param tools the names of all tools
   */
  ClientRequests(JsonMapper json, ClientConnection client, OpenCalls calls, Set<String> tools) {
    this.json = json;
    this.messages = new MessageReader(json);
    this.client = client;
    this.calls = calls;
    this.tools = tools;
  }

  /** Answers a message, or has it answered. Never throws. */
  void take(ClientMessage message) {
    if (message instanceof Refused refused) {
      client.refuse(refused);
    } else if (message instanceof Notification notification) {
      heed(notification);
    } else if (message instanceof Request request) {
      Barrier.run(
          "A request of the client", () -> answer(request), thrown -> client.fail(request.id()));
    }
  }

  private void heed(Notification notification) {
    switch (notification.method()) {
      case "notifications/cancelled" -> {
        JsonNode id = notification.params().path("requestId");
        if (id.isTextual() || id.isNumber()) {
          calls.cancel(id.toString());
        }
      }
      case McpSchema.METHOD_NOTIFICATION_INITIALIZED -> {
        if (greeted) {
          initialize();
        }
      }
      default -> {
        // There is nothing to be done about any other.
      }
    }
  }

  private void initialize() {
    if (!initialized) {
      initialized = true;
      hand(
          new McpSchema.JSONRPCNotification(
              McpSchema.JSONRPC_VERSION, McpSchema.METHOD_NOTIFICATION_INITIALIZED, NO_PARAMS),
          null);
    }
  }

  private void answer(Request request) {
    switch (request.method()) {
      case McpSchema.METHOD_PING ->
          client.answer(request.id(), JsonNodeFactory.instance.objectNode());
      case McpSchema.METHOD_INITIALIZE -> greet(request);
      case McpSchema.METHOD_TOOLS_LIST -> {
        if (isReady(request)) {
          hand(request, NO_PARAMS);
        }
      }
      case McpSchema.METHOD_TOOLS_CALL -> {
        if (isReady(request)) {
          call(request);
        }
      }
      default ->
          refuse(request, Refused.NO_SUCH_METHOD, "There is no method " + shown(request.method()));
    }
  }

  /** A client that was greeted and asks has taken the greeting, whether it says so or not. */
  private boolean isReady(Request request) {
    if (!greeted) {
      refuse(request, Refused.NO_MESSAGE, "The first request must be 'initialize'");
      return false;
    }
    initialize();
    return true;
  }

  /** Hands on what is of use for us, so that the SDK meets nothing that it cannot read. */
  private void greet(Request request) {
    JsonNode version = request.params().path("protocolVersion");
    if (!version.isTextual()) {
      refuse(
          request,
          Refused.BAD_PARAMS,
          "'params.protocolVersion' must be a text such as \"2025-11-25\"");
      return;
    }
    JsonNode who = request.params().path("clientInfo");
    Map<String, Object> info =
        Map.of(
            "name", who.path("name").asText("unknown"),
            "version", who.path("version").asText("unknown"));
    greeted = true;
    hand(
        request,
        Map.of(
            "protocolVersion", version.textValue(),
            "capabilities", NO_PARAMS,
            "clientInfo", info));
  }

  private void call(Request request) {
    if (!(request.params() instanceof ObjectNode params)) {
      refuse(request, Refused.BAD_PARAMS, "'params' " + butIs("a JSON object", request.params()));
      return;
    }
    JsonNode name = params.path("name");
    if (!name.isTextual()) {
      refuse(request, Refused.BAD_PARAMS, "'params.name' " + butIs("the name of a tool", name));
      return;
    }
    if (!tools.contains(name.textValue())) {
      refuse(
          request,
          Refused.BAD_PARAMS,
          "There is no tool "
              + shown(name.textValue())
              + "; there are "
              + String.join(", ", tools.stream().sorted().toList()));
      return;
    }
    ObjectNode arguments = arguments(params.path("arguments"));
    if (arguments == null) {
      // As an answer of the tool, since a model has written them, and sees those for certain.
      client.answer(
          request.id(),
          result(
              "'arguments' "
                  + butIs("a JSON object", params.path("arguments"))
                  + ". Nothing was changed."));
      return;
    }
    String id = client.idText(request.id());
    calls.arrived(id);
    hand(
        request,
        Map.of(
            "name",
            name.textValue(),
            "arguments",
            json.convertValue(arguments, McpTool.OBJECT),
            "_meta",
            meta(params.path("_meta"), id, request.relayed())));
  }

  /** Null if it cannot be taken for one. Some models write the object into a text. */
  private @Nullable ObjectNode arguments(JsonNode given) {
    if (given.isMissingNode() || given.isNull() || isBlank(given)) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (given.isTextual()) {
      return messages.object(given.textValue());
    }
    return given instanceof ObjectNode object ? object : null;
  }

  private static boolean isBlank(JsonNode given) {
    return given.isTextual() && given.textValue().isBlank();
  }

  /** What we understand of a request's {@code _meta}, and the id of the request. */
  private Map<String, Object> meta(JsonNode given, String request, Relayed relayed) {
    JsonNode progressToken = given.path("progressToken");
    Map<String, Object> meta = new HashMap<>(CallOrigin.ids(given));
    if (progressToken.isTextual()) {
      meta.put("progressToken", progressToken.textValue());
    } else if (progressToken.isIntegralNumber()) {
      meta.put("progressToken", progressToken.numberValue());
    }
    meta.put(OpenCalls.REQUEST, request);
    relayed.into(meta);
    return meta;
  }

  private static JsonNode result(String text) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result.put("isError", true);
  }

  private void hand(Request request, Object params) {
    hand(
        new McpSchema.JSONRPCRequest(
            McpSchema.JSONRPC_VERSION, request.method(), request.id(), params),
        request.id());
  }

  /**
   * Hands a message to the SDK.
   *
   * @param requestId null if it wants no answer
   */
  private void hand(McpSchema.JSONRPCMessage message, @Nullable Object requestId) {
    Disposable unused =
        client
            .session()
            .handle(message)
            .subscribe(
                done -> {},
                thrown -> {
                  Barrier.report("Handling a message of the client", thrown);
                  if (requestId != null) {
                    client.fail(requestId);
                  }
                });
  }

  private void refuse(Request request, int code, String reason) {
    client.refuse(new Refused(client.idText(request.id()), code, reason));
  }

  private String butIs(String wanted, JsonNode given) {
    if (given.isMissingNode()) {
      return "is missing; it must be " + wanted;
    }
    String text;
    try {
      text = json.writeValueAsString(given);
    } catch (JsonProcessingException e) {
      text = given.getNodeType().name();
    }
    return "is " + cut(text) + ", but must be " + wanted;
  }

  private String shown(String text) {
    return "'" + cut(text) + "'";
  }

  private static String cut(String text) {
    return Characters.cut(Harmless.line(text), MAX_SHOWN_CHARS);
  }
}
