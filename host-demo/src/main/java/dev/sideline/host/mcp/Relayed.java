package dev.sideline.host.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a request by whoever has passed it on from the client, in members of the message
 * that stand beside those of the protocol, where no model writes.
 *
 * @param key tells the call from all others, and is the same when it is made again; null for none
 * @param again whether it may have been made before, by a server that has gone since
 * @param late whether it may have been on its way while there was no server
 */
record Relayed(@Nullable String key, boolean again, boolean late) {

  /** Nothing. */
  static final Relayed NOT = new Relayed(null, false, false);

  private static final String KEY = "sideline/key";
  private static final String AGAIN = "sideline/again";
  private static final String LATE = "sideline/late";

  /** What a message says. */
  static Relayed of(JsonNode message) {
    JsonNode key = message.path(KEY);
    return key.isTextual()
        ? new Relayed(
            key.textValue(), message.path(AGAIN).asBoolean(), message.path(LATE).asBoolean())
        : NOT;
  }

  /** What was put into a request's {@code _meta}. */
  static Relayed of(@Nullable Map<String, Object> meta) {
    return meta != null && meta.get(KEY) instanceof String key
        ? new Relayed(key, meta.containsKey(AGAIN), meta.containsKey(LATE))
        : NOT;
  }

  /**
   * Puts it into a request's {@code _meta}, which has nothing there that the client has written.
   */
  void into(Map<String, Object> meta) {
    if (key != null) {
      meta.put(KEY, key);
      if (again) {
        meta.put(AGAIN, true);
      }
      if (late) {
        meta.put(LATE, true);
      }
    }
  }
}
