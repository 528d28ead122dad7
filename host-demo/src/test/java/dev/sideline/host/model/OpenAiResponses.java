package dev.sideline.host.model;

import static dev.sideline.host.model.HttpAnswer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenAI's responses, which Codex speaks. Always streamed. Tools of an MCP server are in a
 * namespace of their own.
 */
final class OpenAiResponses implements WireFormat {

  /** Stands between the namespace of a tool and its name, in tests alone. */
  private static final String SEPARATOR = "::";

  @Override
  public boolean asksForMessage(String path) {
    return path.endsWith("/v1/responses");
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    List<Conversation.Said> said = new ArrayList<>();
    List<String> system = new ArrayList<>(List.of(body.path("instructions").asText()));
    for (JsonNode item : body.path("input")) {
      String type = item.path("type").asText();
      String role = item.path("role").asText();
      if (type.endsWith("_call_output")) {
        said.add(Conversation.Said.byTool(Conversation.textOf(item.path("output"))));
      } else if (type.equals("message") && role.equals("user")) {
        said.add(Conversation.Said.byUser(Conversation.textOf(item.path("content"))));
      } else if (type.equals("message") && !role.equals("assistant")) {
        system.add(Conversation.textOf(item.path("content")));
      }
    }
    List<OfferedTool> tools = new ArrayList<>();
    for (JsonNode tool : body.path("tools")) {
      if (tool.path("type").asText().equals("namespace")) {
        String space = tool.path("name").asText() + SEPARATOR;
        tool.path("tools").forEach(inside -> tools.add(tool(space, inside)));
      } else {
        tools.add(tool("", tool));
      }
    }
    return new Conversation(
        body.path("model").asText(), String.join("\n", system), said, tools, true);
  }

  private static OfferedTool tool(String space, JsonNode tool) {
    return new OfferedTool(
        space + tool.path("name").asText(tool.path("type").asText()),
        tool.path("description").asText(),
        tool.path("parameters"));
  }

  @Override
  public MessageWriter answer(Turn turn, Reply reply, HttpAnswer http) {
    return new Streamed(turn, reply, http);
  }

  private static final class Streamed implements MessageWriter {

    private final Turn turn;
    private final Reply reply;
    private final HttpAnswer http;
    private final ArrayNode output = JSON.createArrayNode();
    private final StringBuilder text = new StringBuilder();
    private boolean begun;

    Streamed(Turn turn, Reply reply, HttpAnswer http) {
      this.turn = turn;
      this.reply = reply;
      this.http = http;
    }

    @Override
    public void text(String more) throws IOException {
      begin();
      if (text.length() == 0) {
        item("response.output_item.added", message(""));
      }
      text.append(more);
      ObjectNode delta = JSON.createObjectNode();
      delta.put("item_id", itemId("msg")).put("output_index", output.size());
      send("response.output_text.delta", delta.put("content_index", 0).put("delta", more));
    }

    @Override
    public void toolCall(String name, String arguments) throws IOException {
      begin();
      endText();
      int separator = name.indexOf(SEPARATOR);
      ObjectNode call = JSON.createObjectNode().put("type", "function_call");
      call.put("id", itemId("fc")).put("call_id", itemId("call")).put("arguments", arguments);
      if (separator >= 0) {
        call.put("namespace", name.substring(0, separator));
        call.put("name", name.substring(separator + SEPARATOR.length()));
      } else {
        call.put("name", name);
      }
      done(call);
    }

    @Override
    public void end() throws IOException {
      begin();
      endText();
      ObjectNode response = response("completed");
      response.set("output", output);
      ObjectNode usage = response.putObject("usage");
      usage.put("input_tokens", reply.inputTokens()).put("output_tokens", reply.outputTokens());
      usage.put("total_tokens", reply.inputTokens() + reply.outputTokens());
      usage.putObject("input_tokens_details").put("cached_tokens", reply.cachedTokens());
      usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
      send("response.completed", wrapped(response));
      http.endOfEvents();
    }

    private void begin() throws IOException {
      if (!begun) {
        begun = true;
        send("response.created", wrapped(response("in_progress")));
      }
    }

    private void endText() throws IOException {
      if (text.length() > 0) {
        done(message(text.toString()));
        text.setLength(0);
      }
    }

    private void done(ObjectNode item) throws IOException {
      item("response.output_item.done", item);
      output.add(item);
    }

    private void item(String type, ObjectNode item) throws IOException {
      ObjectNode event = JSON.createObjectNode().put("output_index", output.size());
      event.set("item", item);
      send(type, event);
    }

    private ObjectNode message(String said) {
      ObjectNode message = JSON.createObjectNode().put("type", "message");
      message.put("role", "assistant").put("id", itemId("msg"));
      ArrayNode content = message.putArray("content");
      if (!said.isEmpty()) {
        content.addObject().put("type", "output_text").put("text", said).putArray("annotations");
      }
      return message;
    }

    private ObjectNode response(String status) {
      ObjectNode response = JSON.createObjectNode().put("id", "resp_" + turn.number());
      response.put("object", "response").put("status", status).putArray("output");
      return response;
    }

    private static ObjectNode wrapped(ObjectNode response) {
      return JSON.createObjectNode().set("response", response);
    }

    private String itemId(String kind) {
      return kind + "_" + turn.number() + "_" + output.size();
    }

    private void send(String type, ObjectNode data) throws IOException {
      http.event(type, data.put("type", type));
    }
  }
}
