package dev.sideline.background.simulation;

import dev.sideline.api.Prompt;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of the messages to tasks: each arrives once at most, its sender knows, and what was
 * said to be kept is.
 */
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

  /** What was said to be kept, by its tasks. */
  private final Map<TaskId, Set<String>> kept = new HashMap<>();

  private final Set<TaskId> failed = new HashSet<>();

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

  /** The host has not taken something that a task was to be told, or perhaps has not. */
  void failed(TaskId task) {
    failed.add(task);
  }

  /** What was to be kept for a task is given to it before it comes to its end, crash or not. */
  void ended(Task task) {
    if (!task.endedFor(Reason.OK) || failed.contains(task.id())) {
      return;
    }
    for (String message : kept.getOrDefault(task.id(), Set.of())) {
      if (!acceptedAs.containsKey(message)) {
        throw new BrokenPromise("said to be kept, and never given: " + message + ", " + task);
      }
    }
  }

  void answered(Input.Send send, Answer.Sent sent) {
    if (sent.status() == SendStatus.KEPT) {
      kept.computeIfAbsent(sent.task().task().id(), key -> new HashSet<>()).add(send.message());
    }
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
