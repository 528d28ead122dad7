package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is thrown in the middle of a step ends one unit of work, and is reported. */
class DefectTest {

  private final Error broken = new NoClassDefFoundError("com/example/Gone");

  private final EngineScenario scenario =
      new EngineScenario("max_running=20", "max_running_per_parent=20").expectDefects();

  @Test
  void a_session_of_which_nonsense_is_told_does_not_keep_the_others_from_being_looked_at() {
    List<TaskId> tasks = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      tasks.add(scenario.launch("parent"));
    }
    tasks.forEach(scenario::run);
    scenario.passSeconds(16);
    Map<String, SessionStatus> statuses = new LinkedHashMap<>();
    SessionStatus poison = SessionStatus.retrying(1, "never again", Instant.MAX);
    statuses.put(scenario.session(tasks.get(5)), poison);
    scenario.apply(new Input.StatusesFetched(statuses));

    List<TaskId> others = new ArrayList<>(tasks);
    others.remove(5);
    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::task)
        .containsAll(others);
  }

  @Test
  void a_call_that_breaks_off_is_answered_so_and_what_was_thrown_is_reported() {
    scenario.apply(new Input.Output(900, "parent", Arrays.asList((String) null), WaitMode.NONE, 0));

    assertThat(scenario.answer(900)).isEqualTo(new Answer.Failed());
    assertThat(reported()).singleElement().isInstanceOf(NullPointerException.class);
    scenario.launch("parent");
    assertThat(scenario.allEffects(Effect.ReportDefect.class)).hasSize(1);
  }

  @Test
  void a_call_of_an_operator_that_breaks_off_is_answered_so_too() {
    scenario.apply(new Input.OperatorTask(900, null));

    assertThat(scenario.answer(900)).isEqualTo(new Answer.Failed());
    assertThat(reported()).hasSize(1);
  }

  @Test
  void a_task_that_cannot_be_prompted_for_a_defect_fails_and_gives_its_slot_back() {
    EngineScenario narrow = new EngineScenario("max_running=1", "max_starting=1");
    TaskId broken = narrow.launch("parent");
    TaskId next = narrow.launch("parent");
    narrow.breakMessageIds(this.broken);
    narrow.open(broken);
    assertThat(narrow.reason(broken)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(narrow.effects(Effect.DeleteSession.class)).hasSize(1);
    assertThat(narrow.engine.running()).isEqualTo(1);
    assertThat(narrow.status(next)).isEqualTo(TaskStatus.STARTING);
    narrow.breakMessageIds(null);
    narrow.run(next);
    narrow.finish(next, "42");

    assertThat(narrow.lastNotice().finished()).extracting(Task::id).containsExactly(broken, next);
  }

  @Test
  void a_task_that_breaks_off_when_it_gets_its_slot_does_not_hold_it() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId before = narrow.launch("parent");
    narrow.run(before);
    TaskId resumable = narrow.launch("other");
    narrow.finish(before, "x");
    narrow.run(resumable);
    narrow.finish(resumable, "y");
    narrow.arrive();
    TaskId holder = narrow.launch("parent");
    narrow.run(holder);
    TaskId resuming = narrow.launching("other").resumes(resumable).accepted();
    TaskId after = narrow.launch("third");
    narrow.breakMessageIds(this.broken);
    narrow.finish(holder, "z");

    assertThat(narrow.reason(resuming)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(narrow.status(after)).isEqualTo(TaskStatus.STARTING);
    assertThat(narrow.engine.running()).isEqualTo(1);
  }

  @Test
  void the_slot_of_each_of_several_that_break_off_goes_to_the_next() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    List<TaskId> resuming = new ArrayList<>();
    List<TaskId> ended = new ArrayList<>();
    for (String parent : List.of("a", "b", "c")) {
      TaskId task = narrow.launch(parent);
      narrow.run(task);
      narrow.finish(task, "x");
      narrow.arrive();
      ended.add(task);
    }
    TaskId holder = narrow.launch("parent");
    narrow.run(holder);
    for (int i = 0; i < ended.size(); i++) {
      String parent = List.of("a", "b", "c").get(i);
      resuming.add(narrow.launching(parent).resumes(ended.get(i)).accepted());
    }
    TaskId after = narrow.launch("parent");
    narrow.breakMessageIds(this.broken);
    narrow.finish(holder, "z");

    assertThat(resuming).allMatch(task -> narrow.reason(task) == Reason.LAUNCH_FAILED);
    assertThat(narrow.status(after)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_launch_that_breaks_off_when_it_gets_its_slot_at_once_ends_in_a_step_of_its_own() {
    TaskId before = ended("parent");
    scenario.breakMessageIds(this.broken);
    TaskId resuming = scenario.launching("parent").resumes(before).accepted();
    // Lost with the launch, if that cannot be recorded.
    assertThat(scenario.task(resuming).status().terminal()).isFalse();
    assertThat(scenario.effects(Effect.ReportDefect.class)).isEmpty();
    scenario.pass(Duration.ZERO);

    assertThat(scenario.reason(resuming)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(reported()).isNotEmpty();
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_launch_that_breaks_off_and_cannot_be_recorded_leaves_nothing_behind() {
    TaskId before = ended("parent");
    scenario.breakMessageIds(this.broken);
    TaskId lost = scenario.launching("parent").resumes(before).accepted();
    scenario.apply(Input.NotStored.of(lost, 99));
    scenario.pass(Duration.ZERO);

    assertThat(scenario.readable("parent", lost)).isFalse();
    assertThat(scenario.status(lost).terminal()).isFalse();
    assertThat(reported()).containsExactly(this.broken);
    assertThat(scenario.engine.running()).isZero();
    assertThat(scenario.engine.size()).isZero();
  }

  private TaskId ended(String parent) {
    TaskId task = scenario.launch(parent);
    scenario.run(task);
    scenario.finish(task, "x");
    scenario.arrive();
    return task;
  }

  @Test
  void a_notice_that_cannot_be_sent_for_a_defect_is_sent_when_it_can_be() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.breakMessageIds(this.broken);
    scenario.finish(task, "42");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.COMPLETED);
    assertThat(scenario.notices()).isEmpty();
    scenario.passSeconds(10);
    scenario.breakMessageIds(null);
    scenario.passSeconds(2);

    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(task);
  }

  @Test
  void a_second_try_of_a_notice_that_breaks_off_is_made_once_more() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.finish(task, "42");
    scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
    scenario.breakMessageIds(this.broken);
    scenario.passSeconds(2);
    scenario.breakMessageIds(null);
    scenario.passSeconds(10);

    assertThat(scenario.notices()).hasSize(2);
    assertThat(scenario.notices()).extracting(Notice::messageId).doesNotHaveDuplicates();
  }

  @Test
  void a_call_that_clears_a_notice_is_answered_so_though_telling_of_the_others_breaks_off() {
    TaskId cleared = scenario.launch("parent");
    TaskId other = scenario.launch("parent");
    scenario.run(cleared);
    scenario.run(other);
    scenario.breakMessageIds(this.broken);
    scenario.finish(cleared, "42");
    scenario.finish(other, "43");
    Answer answer = scenario.clearNotices("parent", cleared);
    scenario.breakMessageIds(null);
    scenario.passSeconds(2);

    assertThat(((Answer.NoticesCleared) answer).tasks()).hasSize(1);
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(other);
  }

  @Test
  void what_is_due_at_the_same_time_is_done_all_the_same() {
    TaskId told = scenario.launch("parent");
    scenario.run(told);
    scenario.finish(told, "42");
    TaskId waitedFor = scenario.launch("other");
    long call = scenario.await("other", WaitMode.ALL, waitedFor);
    scenario.passSeconds(59);
    scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
    scenario.breakMessageIds(this.broken);
    scenario.passSeconds(1);

    assertThat(reported()).isNotEmpty();
    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void a_call_that_waits_is_not_answered_for_what_broke_off_in_the_step_in_which_it_began() {
    EngineScenario narrow = new EngineScenario("max_running=2");
    TaskId upper = narrow.launch("parent");
    String session = narrow.run(upper);
    TaskId own = narrow.launch(session);
    narrow.run(own);
    TaskId queued = narrow.launch(session);
    narrow.finish(upper, "I have launched two");
    TaskId holder = narrow.launch("parent");
    assertThat(narrow.status(queued)).isEqualTo(TaskStatus.STARTING);
    assertThat(narrow.status(holder)).isEqualTo(TaskStatus.PENDING);
    narrow.breakMessageIds(this.broken);
    long call = narrow.cancel("parent", own, holder);
    assertThat(narrow.answer(call)).isNull();
    narrow.stops(own);

    assertThat(((Answer.CancelEnded) narrow.answer(call)).stopped()).hasSize(2);
  }

  @Test
  void what_is_counted_is_right_after_a_defect() {
    Map<String, Integer> running = new HashMap<>();
    for (String parent : List.of("a", "b")) {
      TaskId first = scenario.launch(parent);
      scenario.run(first);
      scenario.launch(parent);
    }
    scenario.apply(new Input.Output(900, "a", Arrays.asList((String) null), WaitMode.NONE, 0));
    running.put("live", scenario.engine.live());
    running.put("working", scenario.engine.running());

    assertThat(running).isEqualTo(Map.of("live", 4, "working", 4));
  }

  @Test
  void a_task_that_is_being_stopped_is_given_up_in_time_though_a_defect_came_between() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.Output(900, "parent", Arrays.asList((String) null), WaitMode.NONE, 0));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(600);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
  }

  @Test
  void what_follows_from_an_end_is_done_once_though_it_breaks_off_when_its_parent_is_told() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.breakMessageIds(this.broken);
    scenario.finish(task, "42");

    assertThat(reported()).isNotEmpty();
    assertThat(scenario.published(PluginEvent.TaskChanged.class))
        .filteredOn(changed -> changed.status().name().equals("COMPLETED"))
        .hasSize(1);
  }

  @Test
  void a_launch_that_is_not_recorded_is_answered_though_it_breaks_off_when_it_is_taken_back() {
    TaskId done = scenario.launch("parent");
    scenario.run(done);
    TaskId lost = scenario.launch("parent");
    scenario.finish(done, "42");
    scenario.arrive();
    scenario.breakMessageIds(this.broken);
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(reported()).isNotEmpty();
    assertThat(scenario.answer(99)).isInstanceOf(Answer.NotRecorded.class);
  }

  @Test
  void a_task_that_cannot_be_prompted_for_a_defect_fails_though_it_was_sent_a_message_before() {
    TaskId task = scenario.launch("parent");
    scenario.send("parent", task, "one thing more");
    scenario.breakMessageIds(this.broken);
    scenario.open(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.LAUNCH_FAILED);
  }

  @Test
  void a_message_that_breaks_off_is_given_when_it_can_be() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.breakMessageIds(this.broken);
    scenario.send("parent", task, "go on");
    scenario.passSeconds(3);
    assertThat(scenario.messages(task)).doesNotContain("go on");
    scenario.breakMessageIds(null);
    scenario.passSeconds(3);

    assertThat(scenario.messages(task)).containsOnlyOnce("go on");
  }

  @Test
  void a_message_that_waits_for_a_slot_with_a_notice_is_given_though_the_notice_breaks_off() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId upper = narrow.launch("parent");
    TaskId own = narrow.launch(narrow.run(upper));
    narrow.finish(upper, "I have launched one");
    narrow.run(own);
    TaskId foreign = narrow.adopt("parent", "ses_of_the_host");
    narrow.finish(own, "done");
    narrow.send("parent", upper, "and this");
    giveSlotWhileBroken(narrow, foreign);

    assertThat(narrow.lastNotice().parent()).isEqualTo(narrow.session(upper));
    assertThat(narrow.messages(upper)).containsExactly("do it", "and this");
  }

  @Test
  void a_notice_that_waits_for_a_slot_with_a_message_is_sent_though_the_message_breaks_off() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId upper = narrow.launch("parent");
    TaskId own = narrow.launch(narrow.run(upper));
    narrow.finish(upper, "I have launched one");
    narrow.run(own);
    TaskId foreign = narrow.adopt("parent", "ses_of_the_host");
    narrow.send("parent", upper, "and this");
    narrow.finish(own, "done");
    giveSlotWhileBroken(narrow, foreign);

    assertThat(narrow.messages(upper)).containsExactly("do it", "and this");
    assertThat(narrow.lastNotice().parent()).isEqualTo(narrow.session(upper));
  }

  private void giveSlotWhileBroken(EngineScenario narrow, TaskId holder) {
    narrow.breakMessageIds(this.broken);
    narrow.finds(holder, Kind.FINISHED, "done");
    narrow.passSeconds(3);
    narrow.breakMessageIds(null);
    narrow.passSeconds(3);
  }

  private List<Throwable> reported() {
    return scenario.allEffects(Effect.ReportDefect.class).stream()
        .map(Effect.ReportDefect::defect)
        .toList();
  }
}
