package dev.sideline.background.ledger;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginEvent.Toast.Level;
import dev.sideline.background.character.Characters;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells the host what it may show or record. What has not changed is not told. */
final class Publisher {

  private final Turn turn;

  Publisher(Turn turn) {
    this.turn = turn;
  }

  /** A task has moved to another state. */
  void moved(Entry entry) {
    Task task = entry.task;
    publish(
        new PluginEvent.TaskChanged(
            task.id().value(),
            task.parent(),
            task.root(),
            task.session(),
            task.assignment().description(),
            task.status().published(),
            task.outcome() == null ? null : task.outcome().reason().published()));
  }

  void launched(Entry entry) {
    toast(entry.family, "Background task launched", describe(entry.task), Level.INFO);
  }

  /** A task has ended, and will not use anything any more. */
  void ended(Entry entry) {
    used(entry);
    Level level =
        switch (entry.task.status()) {
          case COMPLETED -> Level.SUCCESS;
          case CANCELLED -> Level.INFO;
          default -> Level.ERROR;
        };
    toast(
        entry.family,
        "Background task " + entry.task.status().wireName(),
        describe(entry.task),
        level);
  }

  /** A task waits for somebody, or gives no sign of life. */
  void needsAttention(Entry entry) {
    String what =
        entry.stalledSinceMillis == 0 ? "Background task asks" : "Background task is silent";
    toast(entry.family, what, describe(entry.task), Level.WARNING);
  }

  /** A task waits for an answer. */
  void requestPending(Entry entry, Request request) {
    Task task = entry.task;
    publish(
        new PluginEvent.RequestPending(
            task.id().value(),
            task.parent(),
            task.root(),
            request.asked,
            request.timeoutMillis == 0
                ? null
                : Duration.ofMillis(request.timeoutMillis - turn.now())));
  }

  /**
   * A task does not wait for an answer any more.
   *
   * @param how what became of it, unless it has timed out
   */
  void requestGone(Entry entry, Request request, PluginEvent.RequestGone.How how) {
    Task task = entry.task;
    publish(
        new PluginEvent.RequestGone(
            task.id().value(),
            task.parent(),
            task.root(),
            request.asked.id(),
            request.timedOut ? PluginEvent.RequestGone.How.TIMED_OUT : how));
  }

  /** A task has used something. */
  void used(Entry entry) {
    Task task = entry.task;
    publish(
        new PluginEvent.TaskUsage(
            task.id().value(),
            task.parent(),
            task.root(),
            entry.progress().toolCalls(),
            entry.progress().usage()));
  }

  /** A notice has arrived. */
  void told(Notice notice) {
    told(
        notice.parent(), notice.messageId(), notice.announced(), notice.attention(), notice.wake());
  }

  /** A parent has been told in the answer to a call of its. */
  void toldInAnswer(Family family, News.Telling telling) {
    told(family.parent, null, telling.announcedTasks(), telling.attentionTasks(), false);
  }

  private void told(
      String parent,
      @Nullable String messageId,
      List<Task> announced,
      List<Task> attention,
      boolean wakes) {
    publish(
        new PluginEvent.NoticeSent(
            parent,
            messageId,
            Stream.concat(announced.stream(), attention.stream())
                .map(task -> task.id().value())
                .distinct()
                .toList(),
            wakes));
  }

  /** The host does not take what a parent is to be told. */
  void notTold(Family family, Notice notice) {
    int tasks = notice.announced().size() + notice.attention().size();
    String what = tasks == 1 ? "a background task" : tasks + " background tasks";
    toast(
        family,
        "A session could not be told",
        "The host refuses the message about " + what + "; background_output shows the results",
        Level.ERROR);
  }

  /** Nothing of a family is live any more, and nobody is to be told of it. */
  void allEnded(Family family, int tasks) {
    if (tasks > 1) {
      toast(family, "Background tasks", "All " + tasks + " have ended", Level.INFO);
    }
    publish(new PluginEvent.AllTasksEnded(family.parent, family.root()));
  }

  private void toast(Family family, String title, String message, Level level) {
    publish(new PluginEvent.Toast(family.root(), title, message, level));
  }

  private static String describe(Task task) {
    return Characters.visible(
        task.assignment().description() + " (" + task.assignment().agent() + ")");
  }

  private void publish(PluginEvent event) {
    turn.effect(new Effect.Publish(event));
  }
}
