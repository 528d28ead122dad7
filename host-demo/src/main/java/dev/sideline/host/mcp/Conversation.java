package dev.sideline.host.mcp;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that is held in another program, as that program tells it from its others, also
 * when it is resumed in another process. No model has a say in it.
 *
 * @param program whose it is, in a word
 * @param id the program's own; empty for one of which it says nothing but that it has called, and
 *     which lasts as long as the connection
 */
public record Conversation(String program, String id) {

  /** The only one of a connection whose program does not tell. */
  public static final Conversation OF_THE_CONNECTION = new Conversation("mcp", "");

  /** Set for what Claude Code starts, tool servers included (2.1.332, as seen). */
  private static final String CLAUDE_SESSION = "CLAUDE_CODE_SESSION_ID";

  /** A thread of Codex, of which one process may have many. */
  public static Conversation ofCodex(String thread) {
    return new Conversation("codex", thread);
  }

  /**
   * Whose call it is.
   *
   * @param environment of this process, which the program has started
   */
  static Conversation of(CallOrigin origin, Map<String, String> environment) {
    return switch (origin.program()) {
      case "codex-mcp-client" -> told("codex", origin.meta().get(CallOrigin.CODEX_THREAD));
      case "claude-code" -> told("claude", environment.get(CLAUDE_SESSION));
      case CallOrigin.OPENCODE ->
          origin.isOfOpenCode2()
              ? told(CallOrigin.OPENCODE, origin.meta().get(CallOrigin.OPENCODE_SESSION))
              : OF_THE_CONNECTION;
      default -> OF_THE_CONNECTION;
    };
  }

  /** The program's own id of a call; null if it gives none. */
  static @Nullable String callId(CallOrigin origin) {
    return switch (origin.program()) {
      case "codex-mcp-client" -> origin.meta().get(CallOrigin.CODEX_CALL);
      case "claude-code" -> origin.meta().get(CallOrigin.CLAUDE_CALL);
      default -> null;
    };
  }

  private static Conversation told(String program, @Nullable String id) {
    return id == null || !CallOrigin.isId(id) ? OF_THE_CONNECTION : new Conversation(program, id);
  }
}
