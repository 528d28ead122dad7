package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ResumeRefusal;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that follow on others, repeat a launch, or go on in a session that was used before. */
class RelationsTest {

  private final EngineScenario scenario = new EngineScenario();

  // --- after others

  @Test
  void a_task_starts_when_all_that_it_was_to_start_after_have_ended() {
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(first, second).accepted();
    Answer.View waiting = scenario.view("parent", last);
    assertThat(waiting.task().status()).isEqualTo(TaskStatus.PENDING);
    assertThat(waiting.task().progress().waitingFor())
        .isEqualTo("the end of " + first + " and 1 more");
    assertThat(waiting.queuePosition()).isZero();
    assertThat(waiting.limit()).isNull();
    end(second);
    assertThat(scenario.status(last)).isEqualTo(TaskStatus.PENDING);
    end(first);

    assertThat(scenario.status(last)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.view("parent", last).task().progress().waitingFor()).isNull();
    assertThat(scenario.task(last).provenance().after()).containsExactly(first, second);
  }

  @Test
  void a_task_that_comes_after_one_says_which() {
    TaskId first = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(first).accepted();

    assertThat(scenario.view("parent", last).task().progress().waitingFor())
        .isEqualTo("the end of " + first);
  }

  @Test
  void a_task_that_comes_after_what_has_ended_well_starts_at_once() {
    TaskId told = scenario.launch("parent");
    end(told);
    scenario.arrive();
    TaskId untold = scenario.launch("parent");
    end(untold);
    TaskId last = scenario.launching("parent").after(told, untold).accepted();

    assertThat(scenario.status(last)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_that_comes_after_one_that_fails_fails_too() {
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(first, second).accepted();
    fail(first);
    assertThat(scenario.reason(last)).isEqualTo(Reason.DEPENDENCY_FAILED);
    assertThat(scenario.outcome(last).detail())
        .isEqualTo("it was to start after " + first + ", which has not succeeded");
    Task ended = scenario.task(last);
    fail(second);

    assertThat(scenario.task(last)).isEqualTo(ended);
    assertThat(scenario.allEffects(Effect.OpenSession.class)).hasSize(2);
  }

  @Test
  void a_task_that_comes_after_one_that_is_cancelled_fails() {
    TaskId first = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(first).accepted();
    scenario.run(first);
    scenario.cancel("parent", first);
    assertThat(scenario.status(last)).isEqualTo(TaskStatus.PENDING);
    scenario.stops(first);

    assertThat(scenario.reason(last)).isEqualTo(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void a_task_that_comes_after_one_that_could_not_be_recorded_fails() {
    TaskId lost = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(lost).accepted();
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(scenario.reason(last)).isEqualTo(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void a_task_that_comes_after_what_has_failed_before_fails_at_once() {
    TaskId told = scenario.launch("parent");
    fail(told);
    scenario.arrive();
    TaskId last = scenario.launching("parent").after(told).accepted();
    scenario.pass(Duration.ZERO);

    assertThat(scenario.reason(last)).isEqualTo(Reason.DEPENDENCY_FAILED);
    assertThat(scenario.outcome(last).detail())
        .isEqualTo("a task that it was to start after has not succeeded");
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_task_runs_after_one_that_fails_if_so_set() {
    EngineScenario lenient = new EngineScenario("after_failed=run");
    TaskId first = lenient.launch("parent");
    TaskId next = lenient.launching("parent").after(first).accepted();
    lenient.idle(lenient.run(first));
    lenient.finds(first, Kind.BROKEN, "no credit");
    assertThat(lenient.status(next)).isEqualTo(TaskStatus.STARTING);
    TaskId late = lenient.launching("parent").after(first).accepted();

    assertThat(lenient.status(late)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_that_was_cancelled_while_it_waited_does_not_start_later() {
    TaskId first = scenario.launch("parent");
    TaskId last = scenario.launching("parent").after(first).accepted();
    scenario.cancel("parent", last);
    assertThat(scenario.reason(last)).isEqualTo(Reason.CANCELLED);
    end(first);

    assertThat(scenario.reason(last)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void what_a_task_starts_after_is_within_the_callers_tree() {
    TaskId foreign = scenario.launch("other");

    assertThat(scenario.launching("parent").after(foreign).answer())
        .isEqualTo(new Answer.UnknownTask(foreign.value(), List.of()));
    assertThat(scenario.engine.size()).isEqualTo(1);
  }

  // --- the same launch again

  @Test
  void a_launch_with_the_same_key_is_the_same_task_in_whatever_state_it_is() {
    TaskId task = repeated().accepted();
    assertThat(repeated().launched().existing()).isTrue();
    assertThat(repeated().accepted()).isEqualTo(task);
    end(task);
    assertThat(repeated().accepted()).isEqualTo(task);
    scenario.arrive();

    assertThat(repeated().launched().task().task().outcome().text()).isEqualTo("done");
    assertThat(scenario.allEffects(Effect.OpenSession.class)).hasSize(1);
  }

  @Test
  void a_key_belongs_to_what_it_was_given_first() {
    TaskId task = repeated().accepted();
    TaskId other = scenario.launch("parent");

    assertThat(repeated().prompt("do something else").answer())
        .isEqualTo(new Answer.KeyTaken("key", task));
    assertThat(repeated().priority(1).answer()).isEqualTo(new Answer.KeyTaken("key", task));
    assertThat(repeated().after(other).answer()).isEqualTo(new Answer.KeyTaken("key", task));
    assertThat(scenario.launching("parent").key("other key").launched().existing()).isFalse();
  }

  @Test
  void a_key_is_its_callers_own() {
    TaskId task = repeated().accepted();
    TaskId other = scenario.launching("somebody else").key("key").accepted();

    assertThat(other).isNotEqualTo(task);
  }

  @Test
  void a_key_is_free_again_when_its_task_is_forgotten() {
    TaskId task = repeated().accepted();
    end(task);
    scenario.arrive();
    scenario.clear("parent");

    assertThat(repeated().launched().existing()).isFalse();
    assertThat(repeated().launched().existing()).isTrue();
  }

  @Test
  void a_repeated_launch_is_not_refused_by_a_limit() {
    EngineScenario full = new EngineScenario("max_tasks=1");
    TaskId task = full.launching("parent").key("key").accepted();

    assertThat(full.launching("parent").key("key").accepted()).isEqualTo(task);
  }

  private LaunchDraft repeated() {
    return scenario.launching("parent").key("key");
  }

  // --- in a session that was used before

  @Test
  void a_settled_task_is_gone_on_with_in_its_session_with_its_agent_and_model() {
    TaskId before =
        scenario
            .launching("parent")
            .agent("explore")
            .model("acme/large")
            .variant("high")
            .accepted();
    String session = scenario.run(before);
    scenario.finish(before, "done");
    scenario.arrive();
    TaskId next = scenario.launching("parent").resumes(before).prompt("and now?").accepted();

    Task task = scenario.task(next);
    assertThat(task.session()).isEqualTo(session);
    assertThat(task.spec().agent()).isEqualTo("explore");
    assertThat(task.spec().model()).isEqualTo(ModelRef.parse("acme/large"));
    assertThat(task.spec().variant()).isEqualTo("high");
    assertThat(task.provenance().resumes()).isEqualTo(before);
    assertThat(scenario.allEffects(Effect.OpenSession.class)).hasSize(1);
    assertThat(scenario.messages(next)).containsExactly("and now?");
    scenario.prompted(next);
    scenario.finish(next, "more");
    assertThat(scenario.outcome(next).text()).isEqualTo("more");
    assertThat(scenario.outcome(before).text()).isEqualTo("done");
  }

  @Test
  void who_goes_on_with_a_task_may_name_another_agent_model_and_variant() {
    TaskId before =
        scenario
            .launching("parent")
            .agent("explore")
            .model("acme/large")
            .variant("high")
            .accepted();
    end(before);
    LaunchDraft draft = scenario.launching("parent").resumes(before);
    Task next = scenario.task(draft.agent("build").model("acme/small").variant("low").accepted());

    assertThat(next.spec().agent()).isEqualTo("build");
    assertThat(next.model()).isEqualTo(ModelRef.parse("acme/small"));
    assertThat(next.spec().variant()).isEqualTo("low");
  }

  @Test
  void what_is_set_for_an_agent_fills_in_what_a_launch_does_not_say() {
    EngineScenario set =
        new EngineScenario("models=agent=acme/large", "variants=agent=high,*=medium");
    Task plain = set.task(set.launch("parent"));
    assertThat(plain.model()).isEqualTo(ModelRef.parse("acme/large"));
    assertThat(plain.spec().variant()).isEqualTo("high");
    Task other = set.task(set.launching("parent").agent("b").model("acme/small").accepted());

    assertThat(other.model()).isEqualTo(ModelRef.parse("acme/small"));
    assertThat(other.spec().variant()).isEqualTo("medium");
  }

  @Test
  void a_session_that_was_gone_on_with_is_not_removed_when_that_comes_to_nothing() {
    TaskId before = scenario.launch("parent");
    end(before);
    TaskId next = scenario.launching("parent").resumes(before).accepted();
    scenario.promptFails(next, Code.INVALID);

    assertThat(scenario.reason(next)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.allEffects(Effect.DeleteSession.class)).isEmpty();
  }

  @Test
  void a_task_that_has_not_ended_cannot_be_gone_on_with() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);

    assertThat(cannotResume("parent", task)).isEqualTo(ResumeRefusal.LIVE);
  }

  @Test
  void a_session_in_which_another_task_works_cannot_be_gone_on_with() {
    TaskId before = scenario.launch("parent");
    end(before);
    scenario.launching("parent").resumes(before).accepted();

    assertThat(cannotResume("parent", before)).isEqualTo(ResumeRefusal.SESSION_IN_USE);
  }

  @Test
  void a_task_without_a_session_cannot_be_gone_on_with() {
    TaskId deleted = scenario.launch("parent");
    scenario.deleted(scenario.run(deleted));
    TaskId never = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(never, Code.INVALID, "no such directory"));

    assertThat(cannotResume("parent", deleted)).isEqualTo(ResumeRefusal.NO_SESSION);
    assertThat(cannotResume("parent", never)).isEqualTo(ResumeRefusal.NO_SESSION);
  }

  @Test
  void a_task_that_may_still_be_at_work_cannot_be_gone_on_with() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(31);

    assertThat(cannotResume("parent", task)).isEqualTo(ResumeRefusal.ABANDONED);
  }

  @Test
  void only_the_session_that_launched_a_task_goes_on_with_it() {
    String session = scenario.run(scenario.launch("parent"));
    TaskId below = scenario.launch(session);
    end(below);

    assertThat(cannotResume("parent", below)).isEqualTo(ResumeRefusal.NOT_LAUNCHED_BY_CALLER);
    assertThat(scenario.launching("other").resumes(below).answer())
        .isEqualTo(new Answer.UnknownTask(below.value(), List.of()));
  }

  @Test
  void what_is_asked_in_a_session_is_no_request_of_a_task_that_still_waits_to_go_on_there() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId before = narrow.launch("parent");
    String session = narrow.run(before);
    narrow.finish(before, "x");
    narrow.arrive();
    narrow.run(narrow.launch("parent"));
    TaskId waiting = narrow.launching("parent").resumes(before).accepted();
    narrow.asks(session, "req");

    assertThat(narrow.status(waiting)).isEqualTo(TaskStatus.PENDING);
    assertThat(narrow.answer(narrow.reply("parent", "req", new Reply.Allow())))
        .isEqualTo(new Answer.UnknownRequest("req", List.of()));
  }

  @Test
  void a_session_of_two_tasks_names_neither_of_them() {
    TaskId before = scenario.launch("parent");
    end(before);
    String session = scenario.session(before);
    scenario.arrive();
    TaskId next = scenario.launching("parent").resumes(session).accepted();
    scenario.prompted(next);
    scenario.finish(next, "more");

    assertThat(scenario.launching("parent").resumes(session).answer())
        .isEqualTo(new Answer.AmbiguousTask(session, List.of(before.value(), next.value())));
  }

  @Test
  void a_task_whose_resume_was_not_recorded_is_found_by_its_session_again() {
    String sibling = scenario.run(scenario.launch("parent"));
    TaskId before = scenario.launch("parent");
    String session = scenario.run(before);
    scenario.finish(before, "done");
    scenario.arrive();
    TaskId lost = scenario.launching("parent").resumes(before).accepted();
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(scenario.engine.observes(session)).isTrue();
    assertThat(shown(scenario.output("parent", session))).containsExactly(before);
    TaskId next = scenario.launching("parent").resumes(session).accepted();
    assertThat(scenario.task(next).session()).isEqualTo(session).isNotEqualTo(sibling);
  }

  @Test
  void a_launch_that_is_made_again_is_known_though_what_it_followed_on_is_forgotten() {
    EngineScenario small = new EngineScenario("retained_max_count=1");
    TaskId before = small.launch("parent");
    String session = small.run(before);
    small.finish(before, "done");
    small.arrive();
    TaskId after = small.launching("parent").after(before).key("after").accepted();
    TaskId other = small.launch("other");
    small.run(other);
    small.finish(other, "done");
    small.arrive();

    assertThat(small.output("parent", before.value())).isInstanceOf(Answer.UnknownTask.class);
    assertThat(small.launching("parent").after(before).key("after").launched())
        .matches(answer -> answer.existing() && answer.task().task().id().equals(after));
    assertThat(small.launching("parent").afterRefs(session).key("after").launched().existing())
        .isTrue();
    assertThat(small.launching("parent").key("after").answer())
        .isEqualTo(new Answer.KeyTaken("after", after));
    assertThat(small.launching("parent").after(after, before).key("after").answer())
        .isEqualTo(new Answer.KeyTaken("after", after));
    assertThat(small.launching("parent").after(new TaskId("bg_other")).key("after").answer())
        .isInstanceOf(Answer.UnknownTask.class);
    assertThat(small.launching("parent").after(before).key("another").answer())
        .isInstanceOf(Answer.UnknownTask.class);
  }

  @Test
  void a_resume_that_is_made_again_is_known_though_what_was_resumed_is_forgotten() {
    EngineScenario small = new EngineScenario("retained_max_count=1");
    TaskId before = small.launching("parent").agent("explore").model("acme/large").accepted();
    String session = small.run(before);
    small.finish(before, "done");
    small.arrive();
    TaskId next = small.launching("parent").resumes(session).key("again").accepted();
    assertThat(small.launching("parent").resumes(session).key("again").launched().existing())
        .isTrue();
    TaskId other = small.launch("other");
    small.run(other);
    small.finish(other, "done");
    small.arrive();

    assertThat(small.output("parent", before.value())).isInstanceOf(Answer.UnknownTask.class);
    assertThat(small.launching("parent").resumes(before).key("again").launched())
        .matches(answer -> answer.existing() && answer.task().task().id().equals(next));
    assertThat(small.launching("parent").resumes(before).agent("build").key("again").answer())
        .isEqualTo(new Answer.KeyTaken("again", next));
  }

  @Test
  void a_task_that_resumes_a_failed_one_may_launch_while_what_that_has_left_still_stops() {
    TaskId before = scenario.launch("parent");
    String session = scenario.run(before);
    TaskId left = scenario.launch(session);
    scenario.run(left);
    scenario.fails(session, "model broke");
    scenario.finds(before, Kind.BROKEN, "");
    assertThat(scenario.status(before)).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.status(left)).isEqualTo(TaskStatus.CANCELLING);
    scenario.arrive();
    TaskId next = scenario.launching("parent").resumes(before).accepted();
    scenario.prompted(next);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    int notices = scenario.notices().size();
    scenario.stops(left);

    assertThat(scenario.notices()).hasSize(notices);
    scenario.finish(own, "42");
    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(own);
  }

  private static List<TaskId> shown(Answer answer) {
    return ((Answer.Shown) answer).tasks().stream().map(view -> view.task().id()).toList();
  }

  private ResumeRefusal cannotResume(String caller, TaskId task) {
    Answer answer = scenario.launching(caller).resumes(task).answer();
    assertThat(((Answer.CannotResume) answer).task().task().id()).isEqualTo(task);
    return ((Answer.CannotResume) answer).reason();
  }

  // --- how many

  @Test
  void a_session_launches_no_more_than_it_may_in_all_its_life() {
    EngineScenario limited = new EngineScenario("max_launches_per_parent=2", "max_tasks=2");
    TaskId first = limited.launch("parent");
    limited.launch("other");
    // Refused, and so not counted.
    limited.tryLaunch("parent");
    limited.run(first);
    limited.finish(first, "done");
    limited.arrive();
    TaskId second = limited.launching("parent").resumes(first).accepted();
    limited.prompted(second);
    limited.finish(second, "done");
    limited.arrive();
    limited.clear("parent");

    assertThat(limited.answer(limited.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_launches_per_parent", 2, null)));
    assertThat(limited.answer(limited.tryLaunch("other"))).isInstanceOf(Answer.Launched.class);
  }

  @Test
  void a_launch_that_could_not_be_recorded_uses_nothing_up() {
    EngineScenario limited = new EngineScenario("max_launches_per_parent=1");
    TaskId lost = limited.launch("parent");
    limited.apply(Input.NotStored.of(lost, 99));

    assertThat(limited.answer(limited.tryLaunch("parent"))).isInstanceOf(Answer.Launched.class);
    assertThat(limited.answer(limited.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_launches_per_parent", 1, null)));
  }

  @Test
  void what_tasks_are_told_and_have_answered_takes_no_more_than_it_may() {
    EngineScenario limited = new EngineScenario("max_tasks_bytes=65536", "max_running=1");
    Answer full = new Answer.LimitReached(new Limit("max_tasks_bytes", 65_536, null));
    TaskId first = limited.launching("parent").prompt("p".repeat(10_000)).accepted();
    TaskId second = limited.launching("parent").prompt("p".repeat(10_000)).accepted();
    limited.send("parent", second, "m".repeat(13_000));

    assertThat(limited.answer(limited.tryLaunch("other"))).isEqualTo(full);

    // What waited for it goes with it; what the other has answered is there until that is told.
    limited.cancel("parent", second);
    limited.run(first);
    assertThat(limited.answer(limited.tryLaunch("other"))).isInstanceOf(Answer.Launched.class);
    limited.finish(first, "a".repeat(25_000));
    assertThat(limited.answer(limited.tryLaunch("other"))).isEqualTo(full);
  }

  @Test
  void a_depth_is_not_passed_by_going_on() {
    EngineScenario flat = new EngineScenario("max_depth=1");
    TaskId task = flat.launch("parent");
    String session = flat.run(task);
    flat.finish(task, "done");
    flat.arrive();
    TaskId next = flat.launching("parent").resumes(task).accepted();
    flat.prompted(next);

    assertThat(flat.answer(flat.tryLaunch(session)))
        .isEqualTo(new Answer.LimitReached(new Limit("max_depth", 1, null)));
  }

  private void end(TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
  }

  private void fail(TaskId task) {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.BROKEN, "no credit");
  }
}
