package dev.sideline.host.mcp;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes from the client before the SDK sees it: answers what the SDK would stop at, and does
 * what the SDK leaves undone, which hands no cancellation on and does not tell a call its request's
 * id.
 */
final class MessageGate implements JsonRpcLines.Gate {

  private static final Logger log = LoggerFactory.getLogger(MessageGate.class);
  private static final byte[] DONE = {};

  private final JsonMapper json;
  private final ObjectReader exact;
  private final McpJsonMapper mcpJson;
  private final OutputStream out;
  private final OpenCalls calls;

  MessageGate(JsonMapper json, McpJsonMapper mcpJson, OutputStream out, OpenCalls calls) {
    this.json = json;
    // What is written again must be what was read, numbers included.
    this.exact =
        json.reader()
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    this.mcpJson = mcpJson;
    this.out = out;
    this.calls = calls;
  }

  @Override
  public byte @Nullable [] admit(byte[] line) {
    try {
      McpSchema.JSONRPCMessage message =
          McpSchema.deserializeJsonRpcMessage(mcpJson, new String(line, StandardCharsets.UTF_8));
      if (message instanceof McpSchema.JSONRPCRequest request
          && McpSchema.METHOD_TOOLS_CALL.equals(request.method())) {
        return withId(line);
      }
      if (message instanceof McpSchema.JSONRPCNotification notification
          && "notifications/cancelled".equals(notification.method())) {
        cancel(line);
        return DONE;
      }
      return line;
    } catch (Exception e) {
      log.debug("Not a message", e);
      return null;
    }
  }

  private byte[] withId(byte[] line) throws IOException {
    JsonNode message = exact.readTree(line);
    String id = message.path("id").toString();
    if (!(message.path("params") instanceof ObjectNode params)) {
      return line;
    }
    JsonNode meta = params.path("_meta");
    if (meta.isMissingNode() || meta.isNull()) {
      meta = params.putObject("_meta");
    }
    if (!(meta instanceof ObjectNode entries)) {
      return line;
    }
    entries.put(OpenCalls.REQUEST, id);
    calls.arrived(id);
    return json.writeValueAsBytes(message);
  }

  private void cancel(byte[] line) throws IOException {
    JsonNode id = exact.readTree(line).path("params").path("requestId");
    if (!id.isMissingNode()) {
      calls.cancel(id.toString());
    }
  }

  @Override
  public void malformed() {
    refuse("not a JSON-RPC message");
  }

  @Override
  public void tooLong() {
    refuse("longer than " + McpToolServer.LONGEST_MESSAGE_BYTES + " bytes");
  }

  private void refuse(String reason) {
    log.warn("Left out a line from the client: {}", reason);
    byte[] answer =
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error: "
                + reason
                + "\"}}\n")
            .getBytes(StandardCharsets.UTF_8);
    try {
      synchronized (out) { // As the SDK does, so that lines do not mix.
        out.write(answer);
        out.flush();
      }
    } catch (IOException e) {
      log.debug("The client reads no more", e);
    }
  }
}
