package dev.sideline.host.hold;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** How a program wants to be told by its hook whether a turn may end. */
public enum HookAnswer {
  CLAUDE("block"),
  CODEX("block"),
  GEMINI("deny"),
  QWEN("block");

  private final String stay;

  HookAnswer(String stay) {
    this.stay = stay;
  }

  /** A verdict as the JSON that the program reads. */
  public String of(Verdict verdict) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    if (verdict.stays()) {
      answer.put("decision", stay).put("reason", verdict.words());
    } else if (verdict.words() != null) {
      answer.put("systemMessage", verdict.words());
    }
    return answer.toString();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
