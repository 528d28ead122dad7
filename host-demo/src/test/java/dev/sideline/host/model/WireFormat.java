package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** How a program asks a model over HTTP, and how it wants to be answered. */
interface WireFormat {

  /**
   * Whether a message of the model is asked for in this format.
   *
   * @param path of a POST request
   */
  boolean asksForMessage(String path);

  /** Reads a request for a message. */
  Conversation read(String path, JsonNode body);

  /** Begins the message that answers a turn; nothing is sent yet. */
  MessageWriter answer(Turn turn, Reply reply, HttpAnswer http);

  /**
   * What is answered to a request that asks for no message, such as for the number of tokens.
   *
   * @param path of a POST request
   * @return empty if that is not of this format
   */
  default Optional<JsonNode> aside(String path) {
    return Optional.empty();
  }
}
