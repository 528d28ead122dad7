package dev.sideline.background.engine.lifecycle;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginEvent.Toast.Level;
import dev.sideline.background.character.Characters;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells the host what it may show or record. What has not changed is not told. */
public final class Publisher {

  private final UnitOfWork unit;

  public Publisher(UnitOfWork unit) {
    this.unit = unit;
  }

  /** A task has moved to another state. */
  void moved(LiveTask live) {
    Task task = live.record();
    publish(
        new PluginEvent.TaskChanged(
            task.id().value(),
            task.parent(),
            task.root(),
            task.session(),
            task.spec().description(),
            task.status().published(),
            task.outcome() == null ? null : task.outcome().reason().published()));
  }

  void launched(LiveTask live) {
    toast(live.parent(), "Background task launched", describe(live.record()), Level.INFO);
  }

  /** A task has ended, and will not use anything any more. */
  void ended(LiveTask live) {
    used(live);
    Level level =
        switch (live.status()) {
          case COMPLETED -> Level.SUCCESS;
          case CANCELLED -> Level.INFO;
          default -> Level.ERROR;
        };
    toast(
        live.parent(),
        "Background task " + live.status().wireName(),
        describe(live.record()),
        level);
  }

  /** A task waits for somebody, or gives no sign of life. */
  void requestAttention(LiveTask live) {
    String what =
        live.stalledSinceMillis() == 0 ? "Background task asks" : "Background task is silent";
    toast(live.parent(), what, describe(live.record()), Level.WARNING);
  }

  /** A task waits for an answer. */
  public void requestPending(LiveTask live, Request request) {
    Task task = live.record();
    publish(
        new PluginEvent.RequestPending(
            task.id().value(),
            task.parent(),
            task.root(),
            request.asked(),
            request.timeoutMillis() == 0
                ? null
                : Duration.ofMillis(request.timeoutMillis() - unit.now())));
  }

  /**
   * A task does not wait for an answer any more.
   *
   * @param how what became of it, unless it has timed out
   */
  public void requestGone(LiveTask live, Request request, PluginEvent.RequestGone.How how) {
    Task task = live.record();
    publish(
        new PluginEvent.RequestGone(
            task.id().value(),
            task.parent(),
            task.root(),
            request.id(),
            request.timedOut() ? PluginEvent.RequestGone.How.TIMED_OUT : how));
  }

  /** A task has used something. */
  public void used(LiveTask live) {
    Task task = live.record();
    publish(
        new PluginEvent.TaskUsage(
            task.id().value(),
            task.parent(),
            task.root(),
            live.progress().toolCalls(),
            live.progress().usage()));
  }

  /** A notice has arrived. */
  public void told(Notice notice) {
    told(
        notice.parent(), notice.messageId(), notice.announced(), notice.attention(), notice.wake());
  }

  /** A parent has been told in the answer to a call of its. */
  public void toldInAnswer(ParentSession parent, PendingNotifications.NotificationBatch batch) {
    told(parent.session(), null, batch.announcedTasks(), batch.attentionTasks(), false);
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
  public void notTold(ParentSession parent, Notice notice) {
    int tasks = notice.announced().size() + notice.attention().size();
    String what = tasks == 1 ? "a background task" : tasks + " background tasks";
    toast(
        parent,
        "A session could not be told",
        "The host refuses the message about " + what + "; background_output shows the results",
        Level.ERROR);
  }

  /** Nothing of a parent is live any more, and nobody is to be told of it. */
  public void allEnded(ParentSession parent, int tasks) {
    if (tasks > 1) {
      toast(parent, "Background tasks", "All " + tasks + " have ended", Level.INFO);
    }
    publish(new PluginEvent.AllTasksEnded(parent.session(), parent.root()));
  }

  private void toast(ParentSession parent, String title, String message, Level level) {
    publish(new PluginEvent.Toast(parent.root(), title, message, level));
  }

  private static String describe(Task task) {
    return Characters.visible(task.spec().description() + " (" + task.spec().agent() + ")");
  }

  private void publish(PluginEvent event) {
    unit.effect(new Effect.Publish(event));
  }
}
