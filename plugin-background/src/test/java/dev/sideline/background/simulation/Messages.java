package dev.sideline.background.simulation;

import dev.sideline.api.Prompt;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Input;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What becomes of the messages to tasks: each arrives once at most, and its sender knows. */
final class Messages {

  private static final Set<SendStatus> ARRIVED =
      EnumSet.of(SendStatus.DELIVERED, SendStatus.INTERRUPTED);
  private static final Set<SendStatus> REFUSED =
      EnumSet.of(
          SendStatus.NOT_DELIVERED,
          SendStatus.TASK_OVER,
          SendStatus.TASK_STOPPING,
          SendStatus.TOO_MANY);

  private final Map<String, String> acceptedAs = new HashMap<>();
  private final Set<String> lost = new HashSet<>();
  private final Map<String, Answer.Sent> refused = new HashMap<>();

  /** The host has taken a message of the plugin. */
  void accepted(Prompt prompt) {
    if (!prompt.text().startsWith("message ")) {
      return;
    }
    // What follows may be how its agent is to answer.
    String message = prompt.text().lines().findFirst().orElse("");
    String before = acceptedAs.put(message, prompt.messageId());
    if (before != null && !before.equals(prompt.messageId()) && !lost.contains(before)) {
      throw new BrokenPromise("sent twice, as " + before + " and as " + prompt);
    }
    if (refused.containsKey(message)) {
      throw new BrokenPromise("delivered all the same: " + prompt + ", " + refused.get(message));
    }
  }

  void lost(String messageId) {
    lost.add(messageId);
  }

  void answered(Input.Send send, Answer.Sent sent) {
    if (ARRIVED.contains(sent.status()) && !acceptedAs.containsKey(send.message())) {
      throw new BrokenPromise("said to be delivered, but was not: " + send + ", " + sent);
    }
    if (REFUSED.contains(sent.status())) {
      if (acceptedAs.containsKey(send.message())) {
        throw new BrokenPromise("said not to be delivered, but was: " + send + ", " + sent);
      }
      refused.put(send.message(), sent);
    }
  }
}
