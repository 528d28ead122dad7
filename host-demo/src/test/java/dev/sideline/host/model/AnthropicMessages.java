package dev.sideline.host.model;

import static dev.sideline.host.model.HttpAnswer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Anthropic's messages, which Claude Code speaks: streamed if the program asks for that. */
final class AnthropicMessages implements WireFormat {

  @Override
  public boolean asksForMessage(String path) {
    return path.endsWith("/v1/messages");
  }

  @Override
  public Optional<JsonNode> aside(String path) {
    return path.endsWith("/v1/messages/count_tokens")
        ? Optional.of(JSON.createObjectNode().put("input_tokens", 10))
        : Optional.empty();
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    List<Conversation.Said> said = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      if (message.path("role").asText().equals("user")) {
        readUser(message.path("content"), said);
      }
    }
    List<OfferedTool> tools = new ArrayList<>();
    for (JsonNode tool : body.path("tools")) {
      tools.add(
          new OfferedTool(
              tool.path("name").asText(),
              tool.path("description").asText(),
              tool.path("input_schema")));
    }
    return new Conversation(
        body.path("model").asText(),
        Conversation.textOf(body.path("system")),
        said,
        tools,
        body.path("stream").asBoolean());
  }

  /** Results of tools stand in messages of the user. */
  private static void readUser(JsonNode content, List<Conversation.Said> said) {
    if (!content.isArray()) {
      said.add(Conversation.Said.byUser(content.asText()));
      return;
    }
    for (JsonNode part : content) {
      if (part.path("type").asText().equals("tool_result")) {
        said.add(Conversation.Said.byTool(Conversation.textOf(part.path("content"))));
      } else if (part.has("text")) {
        said.add(Conversation.Said.byUser(part.path("text").asText()));
      }
    }
  }

  @Override
  public MessageWriter answer(Turn turn, Reply reply, HttpAnswer http) {
    return turn.streamed() ? new Streamed(turn, reply, http) : new Whole(turn, reply, http);
  }

  private static ObjectNode message(Turn turn, ObjectNode usage) {
    ObjectNode message = JSON.createObjectNode();
    message.put("id", "msg_" + turn.number()).put("type", "message").put("role", "assistant");
    message.put("model", turn.model()).putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence").set("usage", usage);
    return message;
  }

  private static ObjectNode usage(Reply reply) {
    return JSON.createObjectNode()
        .put("input_tokens", reply.inputTokens() - reply.cachedTokens())
        .put("cache_read_input_tokens", reply.cachedTokens())
        .put("cache_creation_input_tokens", 0)
        .put("output_tokens", reply.outputTokens());
  }

  private static ObjectNode toolUse(Turn turn, int number, String name) {
    return JSON.createObjectNode()
        .put("type", "tool_use")
        .put("id", "toolu_" + turn.number() + "_" + number)
        .put("name", name);
  }

  private static final class Whole implements MessageWriter {

    private final Turn turn;
    private final HttpAnswer http;
    private final ObjectNode message;
    private final ArrayNode content;
    private String stop = "end_turn";

    Whole(Turn turn, Reply reply, HttpAnswer http) {
      this.turn = turn;
      this.http = http;
      this.message = message(turn, usage(reply));
      this.content = message.withArray("content");
    }

    @Override
    public void text(String text) {
      content.addObject().put("type", "text").put("text", text);
    }

    @Override
    public void toolCall(String name, String arguments) throws IOException {
      content.add(toolUse(turn, content.size(), name).set("input", JSON.readTree(arguments)));
      stop = "tool_use";
    }

    @Override
    public void end() throws IOException {
      message.put("stop_reason", stop);
      http.document(200, message);
    }
  }

  private static final class Streamed implements MessageWriter {

    private final Turn turn;
    private final Reply reply;
    private final HttpAnswer http;
    private boolean begun;
    private boolean inText;
    private int blocks;
    private String stop = "end_turn";

    Streamed(Turn turn, Reply reply, HttpAnswer http) {
      this.turn = turn;
      this.reply = reply;
      this.http = http;
    }

    @Override
    public void text(String text) throws IOException {
      if (!inText) {
        beginBlock(JSON.createObjectNode().put("type", "text").put("text", ""));
        inText = true;
      }
      delta(JSON.createObjectNode().put("type", "text_delta").put("text", text));
    }

    @Override
    public void toolCall(String name, String arguments) throws IOException {
      endText();
      ObjectNode block = toolUse(turn, blocks, name);
      block.putObject("input");
      beginBlock(block);
      delta(JSON.createObjectNode().put("type", "input_json_delta").put("partial_json", arguments));
      endBlock();
      stop = "tool_use";
    }

    @Override
    public void end() throws IOException {
      begin();
      endText();
      ObjectNode delta = JSON.createObjectNode();
      delta.putObject("delta").put("stop_reason", stop).putNull("stop_sequence");
      delta.putObject("usage").put("output_tokens", reply.outputTokens());
      send("message_delta", delta);
      send("message_stop", JSON.createObjectNode());
      http.endOfEvents();
    }

    private void begin() throws IOException {
      if (!begun) {
        begun = true;
        ObjectNode start = JSON.createObjectNode();
        start.set("message", message(turn, usage(reply).put("output_tokens", 1)));
        send("message_start", start);
      }
    }

    private void beginBlock(ObjectNode block) throws IOException {
      begin();
      ObjectNode start = JSON.createObjectNode().put("index", blocks);
      start.set("content_block", block);
      send("content_block_start", start);
    }

    private void delta(ObjectNode delta) throws IOException {
      ObjectNode event = JSON.createObjectNode().put("index", blocks);
      event.set("delta", delta);
      send("content_block_delta", event);
    }

    private void endText() throws IOException {
      if (inText) {
        inText = false;
        endBlock();
      }
    }

    private void endBlock() throws IOException {
      send("content_block_stop", JSON.createObjectNode().put("index", blocks++));
    }

    private void send(String type, ObjectNode data) throws IOException {
      http.event(type, data.put("type", type));
    }
  }
}
