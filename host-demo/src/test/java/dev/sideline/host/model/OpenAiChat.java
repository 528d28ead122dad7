package dev.sideline.host.model;

import static dev.sideline.host.model.HttpAnswer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions, which OpenCode and Qwen Code speak. Always streamed. */
final class OpenAiChat implements WireFormat {

  @Override
  public boolean asksForMessage(String path) {
    return path.endsWith("/chat/completions");
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    List<String> system = new ArrayList<>();
    List<Conversation.Said> said = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      String text = Conversation.textOf(message.path("content"));
      switch (message.path("role").asText()) {
        case "system" -> system.add(text);
        case "user" -> said.add(Conversation.Said.byUser(text));
        case "tool" -> said.add(Conversation.Said.byTool(text));
        default -> {} // What the model itself has said.
      }
    }
    List<OfferedTool> tools = new ArrayList<>();
    for (JsonNode tool : body.path("tools")) {
      JsonNode function = tool.path("function");
      tools.add(
          new OfferedTool(
              function.path("name").asText(),
              function.path("description").asText(),
              function.path("parameters")));
    }
    return new Conversation(
        body.path("model").asText(), String.join("\n", system), said, tools, true);
  }

  @Override
  public MessageWriter answer(Turn turn, Reply reply, HttpAnswer http) {
    return new Chunks(turn, reply, http);
  }

  private static final class Chunks implements MessageWriter {

    private final Turn turn;
    private final Reply reply;
    private final HttpAnswer http;
    private int toolCalls;

    Chunks(Turn turn, Reply reply, HttpAnswer http) {
      this.turn = turn;
      this.reply = reply;
      this.http = http;
    }

    @Override
    public void text(String text) throws IOException {
      delta(JSON.createObjectNode().put("content", text), null);
    }

    @Override
    public void toolCall(String name, String arguments) throws IOException {
      ObjectNode delta = JSON.createObjectNode();
      ObjectNode node = delta.putArray("tool_calls").addObject();
      node.put("index", toolCalls);
      node.put("id", "call_" + turn.number() + "_" + toolCalls++);
      node.put("type", "function");
      node.putObject("function").put("name", name).put("arguments", arguments);
      delta(delta, null);
    }

    @Override
    public void end() throws IOException {
      delta(JSON.createObjectNode(), toolCalls > 0 ? "tool_calls" : "stop");
      http.event("[DONE]");
      http.endOfEvents();
    }

    private void delta(ObjectNode delta, @Nullable String finish) throws IOException {
      ObjectNode chunk = JSON.createObjectNode();
      chunk.put("id", "chatcmpl-" + turn.number());
      chunk.put("object", "chat.completion.chunk");
      chunk.put("created", 1);
      chunk.put("model", "scripted");
      ObjectNode choice = chunk.putArray("choices").addObject();
      choice.put("index", 0);
      choice.set("delta", delta);
      choice.put("finish_reason", finish);
      if (finish != null) {
        ObjectNode usage = chunk.putObject("usage");
        usage.put("prompt_tokens", reply.inputTokens());
        usage.put("completion_tokens", reply.outputTokens());
        usage.put("total_tokens", reply.inputTokens() + reply.outputTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", reply.cachedTokens());
      }
      http.event(JSON.writeValueAsString(chunk));
    }
  }
}
