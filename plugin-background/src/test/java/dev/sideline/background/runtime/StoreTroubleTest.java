package dev.sideline.background.runtime;

import static dev.sideline.background.runtime.CommitsScenario.abort;
import static dev.sideline.background.runtime.CommitsScenario.ended;
import static dev.sideline.background.runtime.CommitsScenario.forgotten;
import static dev.sideline.background.runtime.CommitsScenario.id;
import static dev.sideline.background.runtime.CommitsScenario.launch;
import static dev.sideline.background.runtime.CommitsScenario.launching;
import static dev.sideline.background.runtime.CommitsScenario.listed;
import static dev.sideline.background.runtime.CommitsScenario.moved;
import static dev.sideline.background.runtime.CommitsScenario.notice;
import static dev.sideline.background.runtime.CommitsScenario.open;
import static dev.sideline.background.runtime.CommitsScenario.owing;
import static dev.sideline.background.runtime.CommitsScenario.plain;
import static dev.sideline.background.runtime.CommitsScenario.prompt;
import static dev.sideline.background.runtime.CommitsScenario.published;
import static dev.sideline.background.runtime.CommitsScenario.running;
import static dev.sideline.background.runtime.CommitsScenario.sending;
import static dev.sideline.background.runtime.CommitsScenario.sent;
import static dev.sideline.background.runtime.CommitsScenario.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Input.NotStored.Refused;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is not recorded is not promised, and whoever waits for it is told. */
class StoreTroubleTest {

  private final CommitsScenario scenario = new CommitsScenario();
  private final CommitsScenario.ControlledStore store = scenario.store;
  private final List<Effect> carriedOut = scenario.carriedOut;
  private final List<Input> engine = scenario.engine;
  private final Commits commits = scenario.commits;

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
  void what_was_waited_for_in_vain_was_not_when_it_is_refused() {
    View ended = View.of(SampleTasks.completed("bg_k", 1_000, "42"));
    View launched = View.of(SampleTasks.pending("bg_b"));
    commits.add(launch(7, "b"), 0);
    commits.add(
        plain(new Effect.Reply(8, new Answer.Shown(List.of(ended, launched), true), false)), 0);
    store.fail();
    commits.advance(0);

    assertThat(carriedOut)
        .containsExactly(new Effect.Reply(8, new Answer.Shown(List.of(ended), false), false));
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
    Effect.Reply kept = sent(8, "bg_c", SendStatus.KEPT);
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
            new Effect.Reply(8, new Answer.Unrecorded(kept.answer()), false),
            abort("c"),
            notice("msg_1"));
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
}
