package dev.sideline.background.simulation;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What becomes of the permissions and questions of tasks: P2 that they are seen, P4 and told. */
final class Questions {

  private final Settings settings;
  private final TaskHistory history;
  private final SimulatedHost host;
  private final Map<String, Set<String>> carried = new HashMap<>();
  private final Set<String> told = new HashSet<>();

  Questions(Settings settings, TaskHistory history, SimulatedHost host) {
    this.settings = settings;
    this.history = history;
    this.host = host;
  }

  void sending(Notice notice) {
    Set<String> ids =
        notice.attention().stream()
            .flatMap(task -> task.progress().requests().stream())
            .map(PendingRequest::id)
            .collect(Collectors.toSet());
    if (!ids.isEmpty()) {
      carried.put(notice.messageId(), ids);
    }
  }

  /** The host has taken a message; if it loses it, that is not the plugin's to make good. */
  void accepted(String messageId) {
    told.addAll(carried.getOrDefault(messageId, Set.of()));
  }

  /** The host takes a notice in no form: what it asks is to be seen in the host. */
  void givenUp(String messageId) {
    accepted(messageId);
  }

  void read(String caller, Answer answer) {
    if (answer instanceof Answer.Shown shown) {
      for (Answer.View view : shown.tasks()) {
        if (view.task().parent().equals(caller)) {
          shown(view.task());
        }
      }
    } else if (answer instanceof Answer.CaughtUp told) {
      told.attention().forEach(this::shown);
    }
  }

  /** A parent did not want to be told of a task, and has been shown it instead. */
  void cleared(Task task) {
    shown(task);
  }

  private void shown(Task task) {
    task.progress().requests().forEach(request -> told.add(request.id()));
  }

  /** After a long time in which nothing has gone wrong, and nobody has answered. */
  void checkAfterSilence(Set<String> excusedParents) {
    for (PendingRequest request : host.requests().open()) {
      Task task = history.ofSession(request.sessionId());
      if (task == null || task.status().terminal()) {
        continue;
      }
      if (!settings.requests().timeout().isZero()) {
        throw new BrokenPromise("P2: nobody has answered " + request + " in time: " + task);
      }
      if (task.status() != TaskStatus.INPUT_REQUIRED) {
        throw new BrokenPromise("P2: waits for " + request + ", unseen: " + task);
      }
      boolean owed =
          host.find(task.parent()) != null
              && !excusedParents.contains(task.parent())
              && task.options().notification() != Notify.SILENT
              && !task.provenance().adopted();
      if (owed && !told.contains(request.id())) {
        throw new BrokenPromise("P4: its parent was never told of " + request + ": " + task);
      }
    }
  }
}
