package dev.sideline.host.mcp;

import com.fasterxml.jackson.databind.JsonNode;

/** What a client says in a line, or why it cannot be understood. */
sealed interface ClientMessage {

  /**
   * It wants an answer.
   *
   * @param id a text, or a whole number as an Integer or a Long
   * @param params a missing node if there are none
   * @param relayed what was said of it by whoever has passed it on
   */
  record Request(Object id, String method, JsonNode params, Relayed relayed)
      implements ClientMessage {}

  /**
   * It tells something.
   *
   * @param params a missing node if there are none
   */
  record Notification(String method, JsonNode params) implements ClientMessage {}

  /**
   * It gets an error for an answer.
   *
   * @param id the message's id as JSON; "null" if it has none that can be read
   * @param code one of JSON-RPC
   * @param reason in words
   */
  record Refused(String id, int code, String reason) implements ClientMessage {

    static final String NO_ID = "null";
    static final int NOT_JSON = -32_700;
    static final int NO_MESSAGE = -32_600;
    static final int NO_SUCH_METHOD = -32_601;
    static final int BAD_PARAMS = -32_602;
    static final int OURS = -32_603;
  }
}
