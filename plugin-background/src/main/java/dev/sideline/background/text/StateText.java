package dev.sideline.background.text;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a task is in its life, in words. */
final class StateText {

  private static final int MAX_IDS = 5;

  private StateText() {}

  /** In a few words, for a line of a list. */
  static String brief(View view, long nowMillis) {
    Task task = view.task();
    List<String> more = new ArrayList<>();
    Outcome outcome = task.outcome();
    if (outcome != null && !outcome.reason().wireName().equals(task.status().wireName())) {
      if (outcome.reason() != Outcome.Reason.OK) {
        more.add(outcome.reason().wireName());
      }
    }
    if (view.queuePosition() > 0) {
      more.add("place " + view.queuePosition());
    }
    if (view.limit() != null) {
      more.add(limit(view.limit()));
    }
    if (waitsForTasks(view)) {
      more.add("after " + ids(task.provenance().after()));
    }
    if (task.progress().nextTryMillis() > 0 && task.status() == TaskStatus.RETRYING) {
      more.add("next try " + in(task.progress().nextTryMillis() - nowMillis));
    }
    for (PendingRequest request : requests(task)) {
      more.add(kind(request) + " " + Phrases.name(request.id()));
    }
    if (stalled(task)) {
      more.add("no sign of life for " + Phrases.duration(silent(task, nowMillis)));
    }
    if (view.noticePending()) {
      more.add("you are still to be told");
    }
    String state = task.status().wireName();
    return more.isEmpty() ? state : state + " (" + String.join(", ", more) + ")";
  }

  /** A live task, in sentences. */
  static String live(View view, long nowMillis) {
    Task task = view.task();
    Progress progress = task.progress();
    StringBuilder text = new StringBuilder(task.status().wireName());
    text.append(" for ").append(Phrases.duration(task.elapsedMillis(nowMillis)));
    if (task.status() == TaskStatus.PENDING) {
      text.append(waiting(view));
    } else if (progress.waitingFor() != null && progress.requests().isEmpty()) {
      text.append(", waiting: ").append(Phrases.quoted(progress.waitingFor()));
    }
    if (progress.nextTryMillis() > 0 && task.status() == TaskStatus.RETRYING) {
      text.append("; its model is tried again ").append(in(progress.nextTryMillis() - nowMillis));
    }
    if (progress.lastActivityMillis() > 0 && !stalled(task)) {
      text.append("; last activity ")
          .append(Phrases.duration(silent(task, nowMillis)))
          .append(" ago");
    }
    String counts = counts(progress);
    if (!counts.isEmpty()) {
      text.append("; ").append(counts);
    }
    text.append(". ");
    if (stalled(task)) {
      text.append("It has given no sign of life for ")
          .append(Phrases.duration(silent(task, nowMillis)))
          .append(" and may hang. ");
    }
    return text.append("No result yet.").toString();
  }

  /** What a pending task waits for, as the rest of a sentence. */
  static String waiting(View view) {
    Task task = view.task();
    if (waitsForTasks(view)) {
      return ", waiting until " + ids(task.provenance().after()) + " ended";
    }
    if (view.queuePosition() == 0) {
      String waitingFor = task.progress().waitingFor();
      return waitingFor == null ? "" : ", waiting: " + Phrases.quoted(waitingFor);
    }
    return ", waiting for a slot at place "
        + view.queuePosition()
        + " of your queue"
        + (view.limit() == null ? "" : " (" + limit(view.limit()) + ")");
  }

  private static boolean waitsForTasks(View view) {
    return view.task().status() == TaskStatus.PENDING
        && view.queuePosition() == 0
        && !view.task().provenance().after().isEmpty();
  }

  /** A limit as it stands in the settings. */
  static String limit(Limit limit) {
    return limit.setting()
        + " is "
        + limit.value()
        + (limit.of() == null ? "" : " for " + Phrases.quoted(limit.of()));
  }

  /** Some ids, with the verb that follows them: {@code bg_a has}, {@code bg_a and bg_b have}. */
  private static String ids(List<TaskId> ids) {
    String named = ids.stream().limit(MAX_IDS).map(TaskId::value).collect(Collectors.joining(", "));
    int more = ids.size() - MAX_IDS;
    return named
        + (more > 0 ? " and " + more + " more" : "")
        + (ids.size() == 1 ? " has" : " have");
  }

  /** How much a task has done. */
  static String counts(Progress progress) {
    List<String> counts = new ArrayList<>();
    if (progress.toolCalls() > 0) {
      String last =
          progress.lastTool() == null ? "" : " (last: " + Phrases.name(progress.lastTool()) + ")";
      counts.add(Phrases.count(progress.toolCalls(), "tool call") + last);
    }
    if (progress.usage().tokens() > 0) {
      counts.add(Phrases.count(progress.usage().tokens(), "token"));
    }
    if (progress.usage().costUsd() > 0) {
      counts.add(String.format(Locale.ROOT, "$%.4f", progress.usage().costUsd()));
    }
    return String.join(", ", counts);
  }

  /** What a live task waits to have answered. */
  static List<PendingRequest> requests(Task task) {
    return task.status().terminal() ? List.of() : task.progress().requests();
  }

  static boolean stalled(Task task) {
    return task.progress().stalled() && !task.status().terminal();
  }

  static String kind(PendingRequest request) {
    return request.kind() == PendingRequest.Kind.PERMISSION ? "permission" : "question";
  }

  /** How long it has given no sign of life, in milliseconds. */
  private static long silent(Task task, long nowMillis) {
    long last = Math.max(task.progress().lastActivityMillis(), task.startedMillis());
    return Math.max(0, nowMillis - last);
  }

  private static String in(long millis) {
    return millis <= 0 ? "now" : "in " + Phrases.duration(millis);
  }
}
