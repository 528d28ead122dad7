package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.sideline.host.Barrier;
import dev.sideline.host.mcp.ClientMessage.Refused;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The client, as the SDK and we write to it. Not a word of the SDK's own about an error goes out:
 * it would be the text of an exception, and whoever it concerns is told by us before it gets there.
 * Safe for use from any thread.
 */
final class ClientConnection implements McpServerTransportProvider {

  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
  private static final String OURS =
      "Sideline could not answer this request, for a defect of its own; its log says why.";

  private final JsonMapper json;
  private final McpJsonMapper mcpJson;
  private final ClientOutput out;
  private volatile @Nullable McpServerSession session;

  ClientConnection(JsonMapper json, McpJsonMapper mcpJson, ClientOutput out) {
    this.json = json;
    this.mcpJson = mcpJson;
    this.out = out;
  }

  /** The SDK's end of it. */
  McpServerSession session() {
    return Objects.requireNonNull(session, "the SDK has made its session when it was built");
  }

  /** Answers a message with an error. */
  void refuse(Refused refused) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.put("code", refused.code()).put("message", refused.reason());
    send(answer(new RawValue(refused.id())).set("error", error));
  }

  /** Answers a request. */
  void answer(Object requestId, JsonNode result) {
    send(answer(requestId).set("result", result));
  }

  /** Answers a request that has failed for a reason of ours. */
  void fail(Object requestId) {
    refuse(new Refused(idText(requestId), Refused.OURS, OURS));
  }

  /** As JSON. */
  String idText(Object requestId) {
    return json.valueToTree(requestId).toString();
  }

  private ObjectNode answer(Object id) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    if (id instanceof RawValue raw) {
      answer.putRawValue("id", raw);
    } else {
      answer.putPOJO("id", id);
    }
    return answer;
  }

  private void send(Object message) {
    out.send(line(message));
  }

  private byte[] line(Object message) {
    try {
      // By way of a text, as bytes of half a character cannot be written.
      return (json.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message of ours cannot be written as JSON", e);
    }
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory sessions) {
    session = sessions.create(new Transport());
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return session().sendNotification(method, params);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  private final class Transport implements McpServerTransport {

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.fromRunnable(
          () -> {
            if (message instanceof JSONRPCResponse response) {
              Barrier.run(
                  "Answering a request", () -> answer(response), thrown -> fail(response.id()));
            } else { // Progress; there are no other notifications of ours.
              out.sendIfRead(line(message));
            }
          });
    }

    private void answer(JSONRPCResponse response) {
      if (response.error() == null) {
        send(response);
        return;
      }
      log.warn("The SDK has failed with a request: {}", response.error());
      fail(response.id());
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return mcpJson.convertValue(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }
  }
}
