package dev.sideline.host.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the program on the other end says of a call, besides the arguments, which a model writes.
 * All of it comes from the program itself.
 *
 * @param program the name under which it has introduced itself, such as {@code claude-code}
 * @param version likewise, such as {@code 2.1.332}
 * @param meta the ids in the request's {@code _meta}, of those that are of use here
 * @param late whether the call may have been on its way while there was no server, or have been
 *     made to another before
 */
public record CallOrigin(String program, String version, Map<String, String> meta, boolean late) {

  static final String CODEX_THREAD = "threadId";
  static final String CODEX_CALL = "callId";
  static final String CLAUDE_CALL = "claudecode/toolUseId";
  static final String OPENCODE_SESSION = "sessionID";
  static final String OPENCODE = "opencode";

  /** In Codex' own account of the turn: {@code exec} in a run that nobody sits before. */
  private static final String CODEX_TURN = "x-codex-turn-metadata";

  static final String CODEX_TRIGGER = "turn_trigger";

  private static final Set<String> OF_USE =
      Set.of(CODEX_THREAD, CODEX_CALL, CODEX_TRIGGER, CLAUDE_CALL, OPENCODE_SESSION);

  /** It says nothing of sessions; there a plugin signs the calls. */
  private static final Pattern OPENCODE_1 = Pattern.compile("v?[01]\\..*");

  private static final Pattern ID = Pattern.compile("[!-~]{1,512}");

  public CallOrigin {
    meta = Map.copyOf(meta);
  }

  /** The ids in a request's {@code _meta} that are of use; nothing that is too long to be one. */
  static Map<String, String> ids(JsonNode meta) {
    Map<String, String> ids = new HashMap<>();
    for (String key : OF_USE) {
      JsonNode id = (key.equals(CODEX_TRIGGER) ? meta.path(CODEX_TURN) : meta).path(key);
      if (id.isTextual() && isId(id.textValue())) {
        ids.put(key, id.textValue());
      }
    }
    return ids;
  }

  /**
   * What is known of a call.
   *
   * @param meta with {@link #ids} in it, and other things
   */
  static CallOrigin of(String program, String version, @Nullable Map<String, Object> meta) {
    Map<String, String> ids = new HashMap<>();
    for (String key : OF_USE) {
      if (meta != null && meta.get(key) instanceof String id) {
        ids.put(key, id);
      }
    }
    Relayed relayed = Relayed.of(meta);
    return new CallOrigin(program, version, ids, relayed.again() || relayed.late());
  }

  /** Whether it comes from OpenCode of version 2 or a later one, which may not tell its number. */
  boolean isOfOpenCode2() {
    return program.equals(OPENCODE) && !OPENCODE_1.matcher(version).matches();
  }

  /** Whether a person is there who goes on with the conversation; unknown is no. */
  public boolean attended() {
    String trigger = meta.get(CODEX_TRIGGER);
    return trigger != null && !trigger.equals("exec");
  }

  /** Whether a text can be an id: printable, and not too long to be kept. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }
}
