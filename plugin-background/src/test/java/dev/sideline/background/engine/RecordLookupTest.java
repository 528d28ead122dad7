package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that have left memory, where the record is durable. */
class RecordLookupTest {

  private final EngineScenario scenario =
      new EngineScenario("retained_max_count=1", "max_depth=3").durable();

  @Test
  void a_task_that_has_left_memory_is_read_from_the_record_by_either_of_its_ids() {
    TaskId early = finished("parent", "42");
    String session = scenario.session(early);
    finished("parent", "43");

    assertThat(shown(early.value())).extracting(Task::id).containsExactly(early);
    assertThat(shown(session).get(0).outcome().text()).isEqualTo("42");
    assertThat(scenario.lookups).isEqualTo(2);
  }

  @Test
  void nothing_is_looked_for_that_is_in_memory_or_before_anything_has_left_it() {
    TaskId only = finished("parent", "42");
    scenario.output("parent", only.value(), "bg_unknown");
    scenario.list("parent");
    assertThat(scenario.lookups).isZero();
    TaskId late = finished("parent", "43");
    scenario.output("parent", late.value());

    assertThat(scenario.lookups).isZero();
  }

  @Test
  void what_is_not_in_the_record_either_is_unknown_after_one_look() {
    finished("parent", "42");
    finished("parent", "43");

    assertThat(scenario.output("parent", "bg_unknown", "ses_unknown"))
        .isInstanceOf(Answer.UnknownTask.class);
    assertThat(scenario.lookups).isEqualTo(2);
  }

  @Test
  void nobody_reads_what_is_not_of_its_tree() {
    TaskId early = finished("other", "42");
    finished("parent", "43");

    assertThat(scenario.output("parent", early.value())).isInstanceOf(Answer.UnknownTask.class);
    assertThat(((Answer.Listed) scenario.list("parent")).total()).isEqualTo(1);
  }

  @Test
  void a_list_has_what_is_in_memory_and_in_the_record_newest_first_and_says_how_much_there_is() {
    TaskId first = finished("parent", "1");
    TaskId second = finished("parent", "2");
    TaskId third = finished("parent", "3");
    TaskId running = scenario.launch("parent");

    Answer.Listed all = (Answer.Listed) scenario.list("parent");
    assertThat(all.tasks())
        .extracting(view -> view.task().id())
        .containsExactly(running, third, second, first);
    assertThat(all.total()).isEqualTo(4);
    scenario.apply(new Input.ListTasks(1_000, "parent", TaskStatus.COMPLETED, 2));
    Answer.Listed newest = (Answer.Listed) scenario.answer(1_000);
    assertThat(newest.tasks()).extracting(view -> view.task().id()).containsExactly(third, second);
    assertThat(newest.total()).isEqualTo(3);
  }

  @Test
  void a_key_is_known_though_its_task_has_left_memory() {
    TaskId keyed = scenario.launching("parent").key("once").accepted();
    scenario.run(keyed);
    scenario.finish(keyed, "42");
    scenario.arrive();
    finished("parent", "43");

    assertThat(scenario.launching("parent").key("once").launched())
        .matches(answer -> answer.existing() && answer.task().task().id().equals(keyed));
    assertThat(scenario.launching("parent").key("once").prompt("another").answer())
        .isEqualTo(new Answer.KeyTaken("once", keyed));
    assertThat(scenario.launching("another").key("once").launched().existing()).isFalse();
  }

  @Test
  void a_session_whose_cancelled_task_has_left_memory_may_not_launch() {
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    scenario.cancel("parent", upper);
    scenario.stops(upper);
    scenario.arrive();
    finished("other", "42");
    finished("other", "43");

    assertThat(scenario.launching(session).answer()).isInstanceOf(Answer.CallerEnded.class);
  }

  @Test
  void a_session_whose_cancelled_task_has_left_memory_may_not_launch_after_a_restart_either() {
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.cancel("parent", upper);
    scenario.stops(upper);
    scenario.arrive();
    finished("other", "42");
    finished("other", "43");
    scenario.restart();
    assertThat(scenario.launching(session).answer()).isInstanceOf(Answer.CallerEnded.class);
    int notices = scenario.notices().size();
    scenario.passSeconds(3);
    scenario.stops(below);
    scenario.passSeconds(3);

    assertThat(scenario.status(below)).isEqualTo(TaskStatus.CANCELLED);
    assertThat(scenario.notices()).hasSize(notices);
  }

  @Test
  void a_session_whose_task_has_left_memory_is_as_deep_as_it_was() {
    TaskId upper = finished("parent", "42");
    finished("other", "43");
    TaskId below = scenario.launch(scenario.session(upper));

    assertThat(scenario.task(below).ancestors()).containsExactly(scenario.session(upper), "parent");
  }

  @Test
  void a_task_in_the_record_is_followed_on_and_gone_on_with() {
    TaskId early = finished("parent", "42");
    String session = scenario.session(early);
    finished("parent", "43");

    TaskId follower = scenario.launching("parent").after(early).key("new").accepted();
    assertThat(scenario.status(follower)).isEqualTo(TaskStatus.STARTING);
    TaskId next = scenario.launching("parent").resumes(early).accepted();
    assertThat(scenario.task(next).session()).isEqualTo(session);
  }

  @Test
  void what_follows_on_a_failed_task_that_has_left_memory_fails_after_a_restart_too() {
    TaskId early = scenario.launch("parent");
    scenario.run(early);
    scenario.cancel("parent", early);
    scenario.stops(early);
    scenario.arrive();
    finished("parent", "43");
    TaskId follower = scenario.launching("parent").after(early).accepted();
    scenario.restart();
    scenario.passSeconds(1);

    assertThat(scenario.reason(follower)).isEqualTo(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void a_task_in_the_record_has_ended_for_whoever_would_stop_it_or_tell_it_something() {
    TaskId early = finished("parent", "42");
    finished("parent", "43");

    Answer.CancelEnded cancelled =
        (Answer.CancelEnded) scenario.answer(scenario.cancel("parent", early));
    assertThat(cancelled.alreadyOver()).extracting(view -> view.task().id()).containsExactly(early);
    assertThat(scenario.sent(scenario.send("parent", early, "more")))
        .isEqualTo(Answer.SendStatus.TASK_OVER);
  }

  @Test
  void what_its_time_in_memory_is_over_for_stays_in_the_record() {
    EngineScenario shortLived = new EngineScenario("retained_lifetime_seconds=60").durable();
    TaskId task = shortLived.launch("parent");
    shortLived.run(task);
    shortLived.finish(task, "42");
    shortLived.arrive();
    shortLived.passSeconds(120);

    assertThat(shortLived.engine.nextDue()).isEqualTo(Long.MAX_VALUE);
    assertThat(shortLived.readable("parent", task)).isTrue();
    assertThat(shortLived.lookups).isEqualTo(1);
  }

  @Test
  void clearing_forgets_what_is_in_the_record_too_and_nothing_that_lives_or_is_anothers() {
    TaskId early = finished("parent", "42");
    TaskId others = finished("other", "43");
    finished("parent", "44");
    TaskId running = scenario.launch("parent");

    assertThat(scenario.clear("parent")).isEqualTo(new Answer.Cleared(2, 0));
    assertThat(scenario.readable("parent", early)).isFalse();
    assertThat(scenario.readable("parent", running)).isTrue();
    assertThat(scenario.readable("other", others)).isTrue();
  }

  @Test
  void what_a_session_has_launched_that_has_gone_is_forgotten_in_the_record_too() {
    TaskId early = finished("parent", "42");
    String session = scenario.session(early);
    TaskId below = finished(session, "43");
    TaskId others = finished("other", "44");
    TaskId running = scenario.launch("parent");
    scenario.deleted("parent");
    scenario.apply(new Input.ClearOwn(1_000, "parent"));

    assertThat(scenario.answer(1_000)).isEqualTo(new Answer.Cleared(1, 0));
    assertThat(scenario.see(early)).isEmpty();
    assertThat(scenario.see(running)).hasSize(1);
    assertThat(scenario.readable(session, below)).isTrue();
    assertThat(scenario.readable("other", others)).isTrue();
  }

  @Test
  void whoever_runs_the_host_sees_a_task_that_has_left_memory() {
    TaskId early = finished("parent", "42");
    finished("parent", "43");

    assertThat(scenario.see(early)).extracting(view -> view.task().id()).containsExactly(early);
    assertThat(scenario.see(new TaskId("bg_unknown"))).isEmpty();
  }

  @Test
  void whoever_runs_the_host_has_forgotten_what_ended_before_a_time_and_nothing_else() {
    TaskId early = finished("parent", "42");
    scenario.passSeconds(60);
    TaskId live = scenario.launch("parent");
    scenario.apply(new Input.OperatorPurge(1_000, scenario.now()));

    assertThat(scenario.answer(1_000)).isEqualTo(new Answer.Cleared(1, 0));
    assertThat(scenario.readable("parent", early)).isFalse();
    assertThat(scenario.readable("parent", live)).isTrue();
    TaskId late = finished("parent", "43");
    scenario.apply(new Input.OperatorPurge(1_001, scenario.task(late).settledMillis()));
    assertThat(scenario.answer(1_001)).isEqualTo(new Answer.Cleared(0, 0));
  }

  @Test
  void what_was_found_for_one_call_is_not_there_for_the_next() {
    TaskId early = finished("parent", "42");
    finished("parent", "43");
    shown(early.value());
    scenario.store.purge(Long.MAX_VALUE);

    assertThat(scenario.readable("parent", early)).isFalse();
  }

  @Test
  void without_a_durable_record_what_leaves_memory_is_forgotten() {
    EngineScenario forgetful = new EngineScenario("retained_max_count=1");
    for (int i = 0; i < 2; i++) {
      TaskId task = forgetful.launch("parent");
      forgetful.run(task);
      forgetful.finish(task, "42");
      forgetful.arrive();
    }

    assertThat(forgetful.store.page(Long.MAX_VALUE, 10).toCompletableFuture().join()).hasSize(1);
  }

  private TaskId finished(String parent, String text) {
    TaskId task = scenario.launch(parent);
    scenario.run(task);
    scenario.finish(task, text);
    scenario.arrive();
    return task;
  }

  private List<Task> shown(String ref) {
    return ((Answer.Shown) scenario.output("parent", ref))
        .tasks().stream().map(Answer.View::task).toList();
  }
}
