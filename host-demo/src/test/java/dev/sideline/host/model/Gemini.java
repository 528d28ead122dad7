package dev.sideline.host.model;

import static dev.sideline.host.model.HttpAnswer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Google's generated content, which Gemini CLI speaks: streamed if the path says so. */
final class Gemini implements WireFormat {

  private static final String STREAMED = ":streamGenerateContent";
  private static final String WHOLE = ":generateContent";
  private static final Pattern MODEL = Pattern.compile("/models/([^:/]+):");

  @Override
  public boolean asksForMessage(String path) {
    return path.endsWith(STREAMED) || path.endsWith(WHOLE);
  }

  @Override
  public Optional<JsonNode> aside(String path) {
    return path.endsWith(":countTokens")
        ? Optional.of(JSON.createObjectNode().put("totalTokens", 10))
        : Optional.empty();
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    List<Conversation.Said> said = new ArrayList<>();
    for (JsonNode content : body.path("contents")) {
      if (!content.path("role").asText().equals("model")) {
        content.path("parts").forEach(part -> readPart(part, said));
      }
    }
    List<OfferedTool> tools = new ArrayList<>();
    for (JsonNode group : body.path("tools")) {
      for (JsonNode tool : group.path("functionDeclarations")) {
        tools.add(
            new OfferedTool(
                tool.path("name").asText(),
                tool.path("description").asText(),
                tool.has("parametersJsonSchema")
                    ? tool.path("parametersJsonSchema")
                    : tool.path("parameters")));
      }
    }
    String system = Conversation.textOf(body.at("/systemInstruction/parts"));
    Matcher model = MODEL.matcher(path);
    return new Conversation(
        model.find() ? model.group(1) : "", system, said, tools, path.endsWith(STREAMED));
  }

  private static void readPart(JsonNode part, List<Conversation.Said> said) {
    JsonNode result = part.at("/functionResponse/response");
    if (!result.isMissingNode()) {
      JsonNode text = result.path("output");
      said.add(Conversation.Said.byTool(text.isTextual() ? text.asText() : result.toString()));
    } else if (part.has("text")) {
      said.add(Conversation.Said.byUser(part.path("text").asText()));
    }
  }

  @Override
  public MessageWriter answer(Turn turn, Reply reply, HttpAnswer http) {
    return new Parts(turn, reply, http);
  }

  /** Sends what it has as soon as it has it, or all at the end. */
  private static final class Parts implements MessageWriter {

    private final Turn turn;
    private final Reply reply;
    private final HttpAnswer http;
    private ArrayNode parts = JSON.createArrayNode();

    Parts(Turn turn, Reply reply, HttpAnswer http) {
      this.turn = turn;
      this.reply = reply;
      this.http = http;
    }

    @Override
    public void text(String text) throws IOException {
      parts.addObject().put("text", text);
      sendIfStreamed();
    }

    @Override
    public void toolCall(String name, String arguments) throws IOException {
      ObjectNode part = parts.addObject();
      part.putObject("functionCall").put("name", name).set("args", JSON.readTree(arguments));
      part.put("thoughtSignature", "c2lnbmVk");
      sendIfStreamed();
    }

    @Override
    public void end() throws IOException {
      ObjectNode whole = candidates();
      ((ObjectNode) whole.at("/candidates/0")).put("finishReason", "STOP");
      whole
          .putObject("usageMetadata")
          .put("promptTokenCount", reply.inputTokens())
          .put("cachedContentTokenCount", reply.cachedTokens())
          .put("candidatesTokenCount", reply.outputTokens())
          .put("totalTokenCount", reply.inputTokens() + reply.outputTokens());
      if (turn.streamed()) {
        http.event(JSON.writeValueAsString(whole));
        http.endOfEvents();
      } else {
        http.document(200, whole);
      }
    }

    private void sendIfStreamed() throws IOException {
      if (turn.streamed()) {
        http.event(JSON.writeValueAsString(candidates()));
        parts = JSON.createArrayNode();
      }
    }

    private ObjectNode candidates() {
      ObjectNode all = JSON.createObjectNode().put("modelVersion", turn.model());
      ObjectNode candidate = all.putArray("candidates").addObject().put("index", 0);
      candidate.putObject("content").put("role", "model").set("parts", parts);
      return all;
    }
  }
}
