package dev.sideline.background.runtime;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an effect is about, and whether it promises what a crash must not undo. */
final class EffectSubject implements Effect.Performer {

  private boolean promises;
  private final List<TaskId> tasks = new ArrayList<>(1);
  private final List<String> lanes = new ArrayList<>(2);

  private EffectSubject() {}

  static EffectSubject of(Effect effect) {
    EffectSubject subject = new EffectSubject();
    effect.carryOutBy(subject);
    return subject;
  }

  /** Of an effect of a step that has such changes. */
  static EffectSubject of(Effect effect, Changes changes) {
    EffectSubject subject = of(effect);
    boolean takesBack =
        effect instanceof Effect.Reply reply && PromisedAnswers.takesBack(reply.answer());
    // A refusal that changes no task is of something that nobody had begun.
    subject.promises |= takesBack && !changes.moved().isEmpty();
    return subject;
  }

  /** Whether it must not be done before it is recorded. */
  boolean promises() {
    return promises;
  }

  /** The tasks that it shows or touches. */
  List<TaskId> tasks() {
    return tasks;
  }

  /** What effects share that must stay in order. */
  List<String> lanes() {
    return lanes;
  }

  private void promise() {
    promises = true;
  }

  /** What all that touches a task shares. */
  static String lane(TaskId task) {
    return "task " + task;
  }

  private void task(TaskId task) {
    tasks.add(task);
    lanes.add(lane(task));
  }

  private void session(@Nullable String session) {
    if (session != null) {
      lanes.add("session " + session);
    }
  }

  @Override
  public void reply(Effect.Reply reply) {
    promises = PromisedAnswers.promises(reply.answer());
    PromisedAnswers.shown(reply.answer()).forEach(tasks::add);
  }

  @Override
  public void tellProgress(Effect.TellProgress progress) {
    progress.named().forEach(task -> tasks.add(task.id()));
  }

  @Override
  public void openSession(Effect.OpenSession open) {
    promise();
    task(open.task().id());
  }

  @Override
  public void sendPrompt(Effect.SendPrompt send) {
    promise();
    task(send.task().id());
    session(send.task().session());
  }

  @Override
  public void probe(Effect.Probe probe) {
    task(probe.task());
    session(probe.session());
  }

  @Override
  public void checkResult(Effect.CheckResult check) {
    tasks.add(check.task());
  }

  @Override
  public void abort(Effect.Abort abort) {
    task(abort.task());
    session(abort.session());
  }

  @Override
  public void deleteSession(Effect.DeleteSession delete) {
    session(delete.session());
  }

  @Override
  public void answerRequest(Effect.AnswerRequest answer) {
    promise();
    task(answer.task());
  }

  @Override
  public void fetchRequests(Effect.FetchRequests fetch) {}

  @Override
  public void fetchStatuses(Effect.FetchStatuses fetch) {}

  @Override
  public void sendNotice(Effect.SendNotice send) {
    promise();
    notice(send.notice());
  }

  @Override
  public void probeNotice(Effect.ProbeNotice probe) {
    notice(probe.notice());
  }

  private void notice(Notice notice) {
    Stream.of(notice.announced(), notice.finished(), notice.attention())
        .flatMap(List::stream)
        .map(Task::id)
        .forEach(tasks::add);
    session(notice.parent());
  }

  @Override
  public void reportDefect(Effect.ReportDefect report) {}

  @Override
  public void publish(Effect.Publish publish) {
    PluginEvent event = publish.event();
    if (event instanceof PluginEvent.TaskChanged changed) {
      published(changed.taskId());
    } else if (event instanceof PluginEvent.RequestPending pending) {
      published(pending.taskId());
    } else if (event instanceof PluginEvent.RequestGone gone) {
      published(gone.taskId());
    } else if (event instanceof PluginEvent.TaskUsage usage) {
      published(usage.taskId());
    }
  }

  private void published(String task) {
    tasks.add(new TaskId(task));
  }
}
