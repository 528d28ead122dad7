package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.Answer;
import dev.sideline.background.engine.Answer.SendStatus;
import dev.sideline.background.engine.Answer.View;
import dev.sideline.background.engine.Changes;
import dev.sideline.background.engine.Changes.OutcomeRow;
import dev.sideline.background.engine.Changes.TaskRow;
import dev.sideline.background.engine.Changes.TaskStateRow;
import dev.sideline.background.engine.Effect;
import dev.sideline.background.engine.Input;
import dev.sideline.background.engine.Input.NotStored.Refused;
import dev.sideline.background.engine.MergedChanges;
import dev.sideline.background.engine.Step;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Nothing is promised before it is recorded, and nothing else waits. */
class CommitsTest {

  private static final int MAX_WAITING = 6;

  private final ControlledStore store = new ControlledStore();
  private final List<Effect> carriedOut = new ArrayList<>();
  private final List<Input> engine = new ArrayList<>();
  private final List<String> wakes = new ArrayList<>();
  private final Commits commits =
      new Commits(store, carriedOut::addAll, engine::add, () -> wakes.add("wake"), MAX_WAITING);

  // --- what waits

  @Test
  void effects_wait_until_their_changes_are_recorded() {
    commits.add(start("a"), 0);
    assertThat(carriedOut).isEmpty();
    store.succeed();
    assertThat(wakes).hasSize(1);
    commits.advance(0);

    assertThat(carriedOut).containsExactly(open("a"));
    assertThat(commits.idle()).isTrue();
  }

  @Test
  void what_promises_nothing_is_done_at_once_also_when_its_changes_are_not_recorded() {
    Effect listed = new Effect.Reply(3, new Answer.Listed(List.of(), 0), false);
    Effect ended =
        new Effect.Reply(4, new Answer.CancelEnded(List.of(), List.of(), List.of()), true);
    commits.add(start("a"), 0);
    commits.add(plain(listed), 0);
    commits.add(moved("b", TaskStatus.RUNNING, abort("b"), new Effect.FetchStatuses(), ended), 0);

    assertThat(carriedOut).containsExactly(listed, abort("b"), new Effect.FetchStatuses(), ended);
  }

  @Test
  void what_is_kept_is_promised_when_it_is_recorded_and_what_is_delivered_at_once() {
    Effect kept = sent(3, SendStatus.KEPT);
    Effect delivered = sent(4, SendStatus.DELIVERED);
    commits.add(start("a"), 0);
    commits.add(plain(kept, delivered), 0);
    assertThat(carriedOut).containsExactly(delivered);
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(delivered, open("a"), kept);
  }

  @Test
  void nothing_overtakes_what_is_to_be_done_to_the_same_session_before() {
    commits.add(moved("a", TaskStatus.RUNNING, prompt("a")), 0);
    commits.add(plain(abort("a"), abort("b"), new Effect.DeleteSession("ses_bg_a")), 0);
    assertThat(carriedOut).containsExactly(abort("b"));
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut)
        .containsExactly(abort("b"), prompt("a"), abort("a"), new Effect.DeleteSession("ses_bg_a"));
  }

  @Test
  void what_a_task_that_is_stopped_was_to_do_is_not_done_and_the_word_to_stop_waits_for_nothing() {
    Effect answer = new Effect.AnswerRequest(id("a"), "req_1", new Reply.Allow());
    commits.add(moved("a", TaskStatus.RUNNING, prompt("a"), answer), 0);
    commits.add(moved("a", TaskStatus.CANCELLING, abort("a")), 0);

    assertThat(carriedOut).containsExactly(abort("a"));
    assertThat(engine)
        .containsExactly(
            prompt("a").failed(Code.UNAVAILABLE, "it was stopped before"),
            answer.failed(Code.UNAVAILABLE, "it was stopped before"));
  }

  @Test
  void what_is_not_owed_any_more_is_not_sent_and_holds_nothing_up() {
    commits.add(owing("msg_1"), 0);
    commits.add(plain(new Effect.DeleteSession("parent")), 0);
    assertThat(carriedOut).isEmpty();
    commits.add(new Step(delivered("msg_1"), List.of()), 0);

    assertThat(carriedOut).containsExactly(new Effect.DeleteSession("parent"));
    assertThat(engine).containsExactly(new Input.NoticeFailed("parent", "msg_1", Code.UNAVAILABLE));
  }

  @Test
  void steps_that_come_meanwhile_are_recorded_together_and_done_in_their_order() {
    commits.add(start("a"), 0);
    commits.add(start("b"), 0);
    commits.add(start("c"), 0);
    assertThat(store.saved).hasSize(1);
    store.succeed();
    commits.advance(0);
    assertThat(store.saved).hasSize(2);
    assertThat(store.saved.get(1).moved()).hasSize(2);
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(open("a"), open("b"), open("c"));
  }

  @Test
  void what_moves_again_and_again_waits_once() {
    commits.add(start("a"), 0);
    for (int i = 0; i < 100; i++) {
      commits.add(moved("b", TaskStatus.RUNNING), 0);
    }

    assertThat(commits.waiting()).isEqualTo(3);
  }

  // --- what fails

  @Test
  void what_could_not_be_recorded_is_tried_again_at_growing_intervals_and_not_done_before() {
    commits.add(start("a"), 0);
    long now = 0;
    for (long delay : List.of(250L, 500L, 1_000L, 2_000L)) {
      store.fail();
      commits.advance(now);
      assertThat(commits.nextDue()).isEqualTo(now + delay);
      commits.advance(now + delay - 1);
      now += delay;
      int before = store.saved.size();
      commits.advance(now);
      assertThat(store.saved).hasSize(before + 1);
    }
    assertThat(carriedOut).isEmpty();
    store.succeed();
    commits.advance(now);

    assertThat(carriedOut).containsExactly(open("a"));
    assertThat(commits.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_launch_that_could_not_be_recorded_is_refused_and_the_rest_is_kept() {
    commits.add(start("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(start("c"), 0);
    store.succeed();
    commits.advance(0);
    store.answer(new SaveResult.TryAgain("not now"));
    commits.advance(0);
    assertThat(engine).containsExactly(Input.NotStored.of(id("b"), 7));
    commits.advance(250);
    assertThat(store.saved.get(2).created()).isEmpty();
    store.succeed();
    commits.advance(250);

    assertThat(carriedOut).containsExactly(open("a"), open("c"));
  }

  @Test
  void launches_that_could_not_be_recorded_are_refused_all_at_once() {
    commits.add(start("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(launch(8, "c"), 0);
    store.fail();
    commits.advance(0);

    assertThat(engine)
        .containsExactly(
            new Input.NotStored(List.of(new Refused(id("b"), 7), new Refused(id("c"), 8))));
  }

  @Test
  void of_a_launch_that_is_refused_nothing_is_done_whatever_step_it_was_of() {
    commits.add(start("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(moved("b", TaskStatus.STARTING, prompt("b"), published("b")), 0);
    store.fail();
    commits.advance(0);
    commits.advance(250);
    store.succeed();
    commits.advance(250);

    assertThat(carriedOut).containsExactly(open("a"));
    assertThat(store.saved).allMatch(changes -> !changes.toString().contains("bg_b"));
  }

  @Test
  void an_answer_tells_of_no_launch_that_is_refused() {
    View known = View.of(SampleTasks.pending("bg_k"));
    View launched = View.of(SampleTasks.pending("bg_b"));
    commits.add(launch(7, "b"), 0);
    commits.add(plain(listed(8, known, launched), listed(9, known)), 0);
    assertThat(carriedOut).containsExactly(listed(9, known));
    store.fail();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(listed(9, known), listed(8, known));
  }

  @Test
  void a_launch_that_was_stopped_before_it_was_recorded_is_not_refused() {
    Effect shown = listed(8, View.of(SampleTasks.pending("bg_b")));
    Step launch = launch(7, "b");
    commits.add(start("a"), 0);
    commits.add(launch, 0);
    commits.add(new Step(ended("b"), List.of()), 0);
    commits.add(plain(shown), 0);
    assertThat(carriedOut).isEmpty();
    store.fail();
    commits.advance(0);
    assertThat(engine).isEmpty();
    assertThat(carriedOut).containsExactly(shown);
    commits.advance(250);
    store.succeed();
    commits.advance(250);
    store.succeed();
    commits.advance(250);

    assertThat(carriedOut).containsExactly(shown, open("a"), launch.effects().get(0));
  }

  @Test
  void while_the_store_fails_launches_are_refused_before_anything_is_done() {
    assertThat(commits.refusal(launching())).isNull();
    commits.add(start("a"), 0);
    assertThat(commits.refusal(launching())).isNull();
    store.fail();
    commits.advance(0);
    assertThat(commits.refusal(launching())).isEqualTo(new Answer.NotRecorded());
    assertThat(commits.refusal(sending())).isNull();
    assertThat(commits.refusal(new Input.ListTasks(3, "parent", null, 10))).isNull();
    commits.advance(250);
    assertThat(commits.refusal(launching())).isEqualTo(new Answer.NotRecorded());
    store.succeed();
    commits.advance(250);

    assertThat(commits.refusal(launching())).isNull();
  }

  @Test
  void a_store_that_has_nothing_to_record_is_tried_with_the_next_launch() {
    commits.add(launch(7, "b"), 0);
    store.fail();
    commits.advance(0);
    assertThat(commits.refusal(launching())).isNotNull();
    assertThat(commits.isAtRest()).isFalse();
    commits.advance(250);

    assertThat(commits.refusal(launching())).isNull();
    assertThat(commits.idle()).isTrue();
    assertThat(commits.isAtRest()).isTrue();
  }

  @Test
  void a_store_that_does_not_answer_fails_as_far_as_launches_wait_for_it() {
    commits.add(launch(7, "b"), 0);
    assertThat(commits.nextDue()).isEqualTo(5_000);
    commits.advance(4_999);
    assertThat(engine).isEmpty();
    commits.advance(5_000);
    assertThat(engine).containsExactly(Input.NotStored.of(id("b"), 7));
    assertThat(commits.refusal(launching())).isNotNull();
    commits.add(new Step(forgotten("b"), List.of()), 5_000);
    store.succeed();
    commits.advance(9_000);
    // It is recorded after all, and has to go again.
    assertThat(store.saved.get(1)).isEqualTo(forgotten("b"));

    assertThat(commits.refusal(launching())).isNull();
    assertThat(carriedOut).isEmpty();
  }

  @Test
  void a_store_that_throws_has_failed() {
    store.throwing = true;
    commits.add(launch(7, "b"), 0);
    commits.advance(0);

    assertThat(engine).hasSize(1);
    assertThat(commits.idle()).isTrue();
  }

  // --- what is too much

  @Test
  void when_too_much_waits_nothing_more_is_promised() {
    commits.add(start("a"), 0);
    for (int i = 0; i < 3; i++) {
      assertThat(commits.isFull()).isFalse();
      commits.add(start("b" + i), 0);
    }
    assertThat(commits.isFull()).isTrue();
    assertThat(commits.refusal(launching())).isEqualTo(new Answer.NotRecorded());
    assertThat(commits.refusal(sending())).isEqualTo(new Answer.NotRecorded());
    assertThat(commits.refusal(new Input.OperatorAnswer(4, "req_1", new Reply.Allow())))
        .isInstanceOf(Answer.OperatorAnswered.class);
    assertThat(commits.refusal(new Input.ListTasks(3, "parent", null, 10))).isNull();
    store.succeed();
    commits.advance(0);
    store.succeed();
    commits.advance(0);

    assertThat(commits.isFull()).isFalse();
    assertThat(commits.refusal(sending())).isNull();
  }

  @Test
  void what_takes_too_many_bytes_is_too_much() {
    String text = "x".repeat(40 << 20);
    commits.add(start("a"), 0);
    commits.add(moved("b", TaskStatus.RUNNING, new Effect.SendPrompt(running("b"), text)), 0);
    assertThat(commits.isFull()).isTrue();
    store.succeed();
    commits.advance(0);
    store.succeed();
    commits.advance(0);

    assertThat(commits.isFull()).isFalse();
  }

  // --- what is never recorded

  @Test
  void what_a_full_disk_does_not_take_is_refused_and_told() {
    Effect kept = sent(8, SendStatus.KEPT);
    commits.add(start("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(moved("c", TaskStatus.RUNNING, prompt("c"), kept, abort("c")), 0);
    commits.add(owing("msg_1"), 0);
    store.answer(new SaveResult.Never("the disk is full", Set.of()));
    commits.advance(0);

    String why = "it cannot be recorded: the disk is full";
    assertThat(engine)
        .containsExactly(
            Input.NotStored.of(id("b"), 7),
            new Input.OpenFailed(id("a"), Code.UNAVAILABLE, why),
            new Input.PromptFailed(id("c"), 1, Code.UNAVAILABLE, why));
    // What has ended is told all the same: nobody else would.
    assertThat(carriedOut)
        .containsExactly(
            new Effect.Reply(8, new Answer.NotRecorded(), false), abort("c"), notice("msg_1"));
    assertThat(commits.refusal(sending())).isEqualTo(new Answer.NotRecorded());
  }

  @Test
  void while_the_disk_is_full_promises_are_refused_at_once_and_all_is_recorded_when_it_is_not() {
    commits.add(start("a"), 0);
    store.answer(new SaveResult.Never("the disk is full", Set.of()));
    commits.advance(0);
    engine.clear();
    commits.add(start("b"), 10);
    assertThat(engine).hasSize(1);
    assertThat(engine.get(0)).isInstanceOf(Input.OpenFailed.class);
    commits.advance(5_000);
    store.succeed();
    commits.advance(5_000);
    store.succeed();
    commits.advance(5_000);

    assertThat(store.saved.get(1).moved()).hasSize(1);
    assertThat(store.saved.get(2).moved()).hasSize(1);
    assertThat(commits.idle()).isTrue();
    assertThat(commits.refusal(sending())).isNull();
  }

  @Test
  void rows_that_a_store_never_takes_keep_no_others_from_being_recorded() {
    commits.add(start("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(start("c"), 0);
    commits.add(launch(8, "d"), 0);
    store.succeed();
    commits.advance(0);
    carriedOut.clear();
    store.answer(new SaveResult.Never("too long", Set.of(id("b"), id("c"))));
    commits.advance(0);
    assertThat(engine)
        .containsExactly(
            Input.NotStored.of(id("b"), 7),
            new Input.OpenFailed(id("c"), Code.UNAVAILABLE, "it cannot be recorded: too long"));
    store.succeed();
    commits.advance(0);

    assertThat(store.saved.get(2).created()).extracting(TaskRow::id).containsExactly(id("d"));
    assertThat(carriedOut).hasSize(1);
    assertThat(commits.idle()).isTrue();
    assertThat(commits.refusal(launching())).isNull();
  }

  // --- what another owner has

  @Test
  void nothing_is_done_about_a_task_that_another_owner_has_taken() {
    commits.add(start("a"), 0);
    commits.add(moved("b", TaskStatus.RUNNING, prompt("b"), sent(8, SendStatus.KEPT)), 0);
    commits.add(moved("k", TaskStatus.RUNNING, sent(9, "bg_k", SendStatus.KEPT)), 0);
    store.answer(new SaveResult.Fenced(Set.of(id("a"), id("k"))));
    commits.advance(0);
    assertThat(engine).containsExactly(new Input.Fenced(Set.of(id("a"), id("k"))));
    store.succeed();
    commits.advance(0);

    assertThat(store.saved.get(1).moved()).extracting(TaskStateRow::task).containsExactly(id("b"));
    assertThat(carriedOut)
        .containsExactly(
            new Effect.Reply(9, new Answer.NotRecorded(), false),
            prompt("b"),
            sent(8, SendStatus.KEPT));
  }

  @Test
  void a_notice_about_a_task_that_another_owner_has_taken_is_not_sent_as_it_is() {
    commits.add(moved("a", TaskStatus.RUNNING), 0);
    commits.add(owing("msg_1"), 0);
    store.answer(new SaveResult.Fenced(Set.of(id("a"))));
    commits.advance(0);

    assertThat(engine)
        .containsExactly(
            new Input.Fenced(Set.of(id("a"))),
            new Input.NoticeFailed("parent", "msg_1", Code.UNAVAILABLE));
    assertThat(carriedOut).isEmpty();
  }

  @Test
  void a_store_that_fences_what_it_was_not_given_has_failed() {
    commits.add(start("a"), 0);
    store.answer(new SaveResult.Fenced(Set.of(id("z"))));
    commits.advance(0);

    assertThat(engine).isEmpty();
    assertThat(commits.nextDue()).isEqualTo(250);
  }

  // --- steps

  private static TaskId id(String name) {
    return new TaskId("bg_" + name);
  }

  private static Task running(String name) {
    return SampleTasks.running("bg_" + name);
  }

  private static Effect open(String name) {
    return new Effect.OpenSession(running(name), false);
  }

  private static Effect prompt(String name) {
    return new Effect.SendPrompt(running(name), "go on");
  }

  private static Effect abort(String name) {
    return new Effect.Abort(id(name), "ses_bg_" + name);
  }

  private static Effect published(String name) {
    return new Effect.Publish(
        new PluginEvent.TaskUsage("bg_" + name, "parent", "parent", 0, Progress.NONE.usage()));
  }

  private static Effect notice(String messageId) {
    Notice notice =
        new Notice("parent", messageId, List.of(running("a")), List.of(), List.of(), 0, true);
    return new Effect.SendNotice(notice, false, false);
  }

  private static Effect sent(long call, SendStatus status) {
    return sent(call, "bg_b", status);
  }

  private static Effect sent(long call, String task, SendStatus status) {
    View view = View.of(SampleTasks.running(task));
    return new Effect.Reply(call, new Answer.Sent(view, status, null), false);
  }

  private static Effect listed(long call, View... tasks) {
    return new Effect.Reply(call, new Answer.Listed(List.of(tasks), tasks.length), false);
  }

  private static Step plain(Effect... effects) {
    return new Step(Changes.NONE, List.of(effects));
  }

  private static Step start(String name) {
    return moved(name, TaskStatus.STARTING, open(name));
  }

  private static Step moved(String name, TaskStatus status, Effect... effects) {
    Task task = running(name).withStatus(status);
    return new Step(
        changes(List.of(), List.of(TaskStateRow.of(task, 2)), List.of(), List.of()),
        List.of(effects));
  }

  private static Step launch(long call, String name) {
    Task task = SampleTasks.pending("bg_" + name);
    Answer answer = new Answer.Launched(View.of(task), false);
    MergedChanges changes = new MergedChanges();
    changes.create(TaskRow.of(task, TaskStateRow.of(task, 1)));
    return new Step(changes.changes(), List.of(new Effect.Reply(call, answer, false)));
  }

  private static Changes ended(String name) {
    Task task = SampleTasks.ended("bg_" + name, 5, new Outcome(Reason.CANCELLED, null, "", 0));
    OutcomeRow outcome = new OutcomeRow(task.id(), new Outcome(Reason.CANCELLED, null, "", 0));
    return changes(List.of(), List.of(TaskStateRow.of(task, 2)), List.of(outcome), List.of());
  }

  private static Changes forgotten(String name) {
    return changes(List.of(), List.of(), List.of(), List.of(id(name)));
  }

  private static Step owing(String messageId) {
    Effect.SendNotice send = (Effect.SendNotice) notice(messageId);
    Changes.NoticeRow row = Changes.NoticeRow.of(send.notice());
    return new Step(
        new Changes(List.of(), List.of(), List.of(), List.of(row), List.of(), List.of(), List.of()),
        List.of(send));
  }

  private static Changes delivered(String messageId) {
    return new Changes(
        List.of(), List.of(), List.of(), List.of(), List.of(), List.of(messageId), List.of());
  }

  private static Changes changes(
      List<TaskRow> created,
      List<TaskStateRow> moved,
      List<OutcomeRow> ended,
      List<TaskId> forgotten) {
    return new Changes(created, moved, ended, List.of(), List.of(), List.of(), forgotten);
  }

  private static Input launching() {
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

  private static Input sending() {
    return new Input.Send(3, "parent", "bg_a", "hello", false);
  }

  /** A store that completes when the test says so. */
  private static final class ControlledStore implements TaskStore {

    private final List<Changes> saved = new ArrayList<>();
    private CompletableFuture<SaveResult> last = new CompletableFuture<>();
    private boolean throwing;

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
    public CompletionStage<Contents> load() {
      return CompletableFuture.completedStage(new Contents(List.of(), List.of()));
    }

    @Override
    public void close() {}
  }
}
