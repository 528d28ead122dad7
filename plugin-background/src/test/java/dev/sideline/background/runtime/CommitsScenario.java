package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.MergedChanges;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Commits on a store that answers when a test says so, and steps for them. */
final class CommitsScenario {

  static final int MAX_WAITING = 6;

  final ControlledStore store = new ControlledStore();
  final List<Effect> carriedOut = new ArrayList<>();
  final List<Input> engine = new ArrayList<>();
  final List<String> wakes = new ArrayList<>();
  final Commits commits =
      new Commits(store, carriedOut::addAll, engine::add, () -> wakes.add("wake"), MAX_WAITING);

  static TaskId id(String name) {
    return new TaskId("bg_" + name);
  }

  static Task running(String name) {
    return SampleTasks.running("bg_" + name);
  }

  static Effect open(String name) {
    return new Effect.OpenSession(running(name), false);
  }

  static Effect prompt(String name) {
    return new Effect.SendPrompt(running(name), "go on");
  }

  static Effect abort(String name) {
    return new Effect.Abort(id(name), "ses_bg_" + name);
  }

  static Effect published(String name) {
    return new Effect.Publish(
        new PluginEvent.TaskUsage("bg_" + name, "parent", "parent", 0, Progress.NONE.usage()));
  }

  static Effect notice(String messageId) {
    Notice notice =
        new Notice("parent", messageId, List.of(running("a")), List.of(), List.of(), 0, true);
    return new Effect.SendNotice(notice, false, false);
  }

  static Effect.Reply sent(long call, SendStatus status) {
    return sent(call, "bg_b", status);
  }

  static Effect.Reply sent(long call, String task, SendStatus status) {
    View view = View.of(SampleTasks.running(task));
    return new Effect.Reply(call, new Answer.Sent(view, status, null), false);
  }

  static Effect listed(long call, View... tasks) {
    return new Effect.Reply(call, new Answer.Listed(List.of(tasks), tasks.length), false);
  }

  static Step plain(Effect... effects) {
    return new Step(Changes.NONE, List.of(effects));
  }

  static Step start(String name) {
    return moved(name, TaskStatus.STARTING, open(name));
  }

  static Step moved(String name, TaskStatus status, Effect... effects) {
    Task task = running(name).withStatus(status);
    return new Step(
        changes(List.of(), List.of(TaskStateRow.of(task, 2)), List.of(), List.of()),
        List.of(effects));
  }

  static Step launch(long call, String name) {
    Task task = SampleTasks.pending("bg_" + name);
    Answer answer = new Answer.Launched(View.of(task), false);
    MergedChanges changes = new MergedChanges();
    changes.create(TaskRow.of(task, TaskStateRow.of(task, 1)));
    return new Step(changes.changes(), List.of(new Effect.Reply(call, answer, false)));
  }

  static Changes ended(String name) {
    Task task = SampleTasks.ended("bg_" + name, 5, new Outcome(Reason.CANCELLED, null, "", 0));
    OutcomeRow outcome = new OutcomeRow(task.id(), new Outcome(Reason.CANCELLED, null, "", 0));
    return changes(List.of(), List.of(TaskStateRow.of(task, 2)), List.of(outcome), List.of());
  }

  static Changes forgotten(String name) {
    return changes(List.of(), List.of(), List.of(), List.of(id(name)));
  }

  static Step owing(String messageId) {
    Effect.SendNotice send = (Effect.SendNotice) notice(messageId);
    Changes.NoticeRow row = Changes.NoticeRow.of(send.notice());
    return new Step(new Changes.Builder().owe(row).drain(), List.of(send));
  }

  static Changes delivered(String messageId) {
    return new Changes.Builder().deliver(messageId).drain();
  }

  static Changes changes(
      List<TaskRow> created,
      List<TaskStateRow> moved,
      List<OutcomeRow> ended,
      List<TaskId> forgotten) {
    Changes.Builder rows = new Changes.Builder();
    created.forEach(rows::create);
    moved.forEach(rows::move);
    ended.forEach(rows::end);
    forgotten.forEach(rows::forget);
    return rows.drain();
  }

  static Input launching() {
    return new Input.Launch(
        3,
        "parent",
        SampleTasks.spec("a task"),
        LaunchOptions.NONE,
        List.of(),
        null,
        LaunchableAgents.any(),
        Reach.WOKEN);
  }

  static Input sending() {
    return new Input.Send(3, "parent", "bg_a", "hello", false);
  }

  /** A store that completes when the test says so. */
  static final class ControlledStore implements TaskStore {

    final List<Changes> saved = new ArrayList<>();
    private CompletableFuture<SaveResult> last = new CompletableFuture<>();
    boolean throwing;

    void succeed() {
      answer(SaveResult.DONE);
    }

    void answer(SaveResult result) {
      assertThat(last.complete(result)).isTrue();
    }

    void fail() {
      assertThat(last.completeExceptionally(new IllegalStateException("disk full"))).isTrue();
    }

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      if (throwing) {
        throw new IllegalStateException("disk on fire");
      }
      saved.add(changes);
      last = new CompletableFuture<>();
      return last;
    }

    @Override
    public CompletionStage<Recorded> load() {
      return CompletableFuture.completedStage(Recorded.NOTHING);
    }

    @Override
    public void close() {}
  }
}
