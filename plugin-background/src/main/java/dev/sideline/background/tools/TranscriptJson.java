package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.background.text.TranscriptPage;
import java.util.Locale;

/** A page of a transcript as JSON. */
final class TranscriptJson {

  /** JSON Schema of what {@link #write} writes. */
  static final String SCHEMA =
      """
      {"type":"object","properties":{"messages":{"type":"array","items":{"type":"object","properties":{\
      "number":{"type":"integer"},"role":{"type":"string","enum":["user","assistant"]},\
      "created_ms":{"type":"integer"},"text":{"type":"string"},"failure":{"type":"string"},\
      "tools":{"type":"array","items":{"type":"object","properties":{"tool":{"type":"string"},\
      "state":{"type":"string","enum":["pending","running","completed","failed"]},\
      "arguments":{"type":"string"},"result":{"type":"string"}},"required":["tool","state"]}}},\
      "required":["number","role","text"]}},"total":{"type":"integer"},\
      "next_since":{"type":"integer","description":"Where to read on; absent at the end"}},\
      "required":["messages","total"]}\
      """;

  private TranscriptJson() {}

  static void write(ObjectNode json, TranscriptPage page) {
    ArrayNode messages = json.putArray("messages");
    for (TranscriptPage.Entry entry : page.entries()) {
      ObjectNode message = messages.addObject();
      message.put("number", entry.number());
      message.put("role", entry.role().name().toLowerCase(Locale.ROOT));
      message.put("created_ms", entry.createdMillis());
      message.put("text", entry.text());
      if (entry.failure() != null) {
        message.put("failure", entry.failure());
      }
      if (!entry.tools().isEmpty()) {
        ArrayNode tools = message.putArray("tools");
        for (TranscriptPage.Tool use : entry.tools()) {
          ObjectNode tool = tools.addObject();
          tool.put("tool", use.name());
          tool.put("state", use.state().name().toLowerCase(Locale.ROOT));
          tool.put("arguments", use.arguments());
          if (!use.result().isEmpty()) {
            tool.put("result", use.result());
          }
        }
      }
    }
    json.put("total", page.total());
    if (page.next() >= 0) {
      json.put("next_since", page.next());
    }
  }
}
