package dev.sideline.background.engine;

import static dev.sideline.api.TaskStatus.COMPLETED;
import static dev.sideline.api.TaskStatus.PENDING;
import static dev.sideline.api.TaskStatus.RETRYING;
import static dev.sideline.api.TaskStatus.RUNNING;
import static dev.sideline.api.TaskStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.EndReason;
import dev.sideline.api.PluginEvent.AllTasksEnded;
import dev.sideline.api.PluginEvent.NoticeSent;
import dev.sideline.api.PluginEvent.TaskChanged;
import dev.sideline.api.PluginEvent.TaskUsage;
import dev.sideline.api.PluginEvent.Toast;
import dev.sideline.api.PluginEvent.Toast.Level;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hosts are told. */
class PublishTest {

  private final EngineScenario scenario = new EngineScenario();

  @Test
  void each_state_of_a_task_is_told_once() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.busy(session);
    scenario.retries(session, "overloaded");
    scenario.retries(session, "overloaded");
    scenario.busy(session);
    scenario.finish(task, "42");
    scenario.idle(session);

    assertThat(scenario.published(TaskChanged.class))
        .extracting(TaskChanged::status)
        .containsExactly(PENDING, STARTING, RUNNING, RETRYING, RUNNING, COMPLETED);
    assertThat(scenario.published(TaskChanged.class))
        .last()
        .isEqualTo(
            new TaskChanged(
                task.value(), "parent", "parent", session, "a task", COMPLETED, EndReason.OK));
  }

  @Test
  void where_nothing_has_changed_nothing_is_told() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.busy(session);
    scenario.toolUse(session, "call_1", "grep");
    scenario.used(session, "msg_1", 5, 0);
    scenario.used(session, "msg_1", 5, 0);
    assertThat(scenario.effects(Effect.Publish.class)).isEmpty();
    scenario.used(session, "msg_2", 0, 0);
    assertThat(scenario.effects(Effect.Publish.class)).isEmpty();
    scenario.used("ses_of_nobody", "msg_1", 5, 0);
    scenario.idle("ses_of_nobody");

    assertThat(scenario.effects(Effect.class)).isEmpty();
  }

  @Test
  void the_main_session_of_a_task_of_a_task_is_the_uppermost() {
    String session = scenario.run(scenario.launch("parent"));
    scenario.launch(session);

    assertThat(scenario.published(TaskChanged.class))
        .last()
        .extracting(TaskChanged::parentSessionId, TaskChanged::mainSessionId)
        .containsExactly(session, "parent");
    assertThat(scenario.published(Toast.class))
        .last()
        .extracting(Toast::mainSessionId)
        .isEqualTo("parent");
  }

  @Test
  void people_see_what_is_launched_and_how_it_ends() {
    TaskId fine = scenario.launch("parent");
    TaskId broken = scenario.launch("parent");
    TaskId cancelled = scenario.launch("parent");
    scenario.run(fine);
    scenario.finish(fine, "42");
    scenario.idle(scenario.run(broken));
    scenario.finds(broken, Kind.BROKEN, "no credit");
    scenario.run(cancelled);
    scenario.cancel("parent", cancelled);
    scenario.stops(cancelled);
    scenario.arrive();

    assertThat(scenario.published(Toast.class))
        .containsExactly(
            toast("Background task launched", Level.INFO),
            toast("Background task launched", Level.INFO),
            toast("Background task launched", Level.INFO),
            toast("Background task completed", Level.SUCCESS),
            toast("Background task failed", Level.ERROR),
            toast("Background task cancelled", Level.INFO),
            new Toast("parent", "Background tasks", "All 3 have ended", Level.INFO));
  }

  @Test
  void people_see_what_waits_for_them() {
    EngineScenario silent = new EngineScenario("reconcile_seconds=3600");
    TaskId task = silent.launching("parent").stallSeconds(60).accepted();
    silent.run(task);
    silent.passSeconds(61);
    silent.findsBusyAt(task, 1);
    silent.asks(silent.session(task), "req");

    assertThat(silent.published(Toast.class))
        .filteredOn(toast -> toast.level() == Level.WARNING)
        .containsExactly(
            toast("Background task is silent", Level.WARNING),
            toast("Background task asks", Level.WARNING));
  }

  @Test
  void what_a_task_has_used_is_told_when_a_message_is_complete_and_at_its_end() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.used(session, "msg_1", 7, 0.5);
    scenario.toolUse(session, "call_1", "grep");
    scenario.finish(task, "42");

    List<TaskUsage> told = scenario.published(TaskUsage.class);
    assertThat(told).extracting(usage -> usage.usage().tokens()).containsExactly(7L, 7L);
    assertThat(told).extracting(TaskUsage::toolCalls).containsExactly(0, 1);
  }

  @Test
  void a_notice_that_has_arrived_is_told_with_the_tasks_that_it_is_about() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.finish(task, "42");
    assertThat(scenario.published(NoticeSent.class)).isEmpty();
    scenario.arrive();

    assertThat(scenario.published(NoticeSent.class))
        .containsExactly(
            new NoticeSent(
                "parent", scenario.lastNotice().messageId(), List.of(task.value()), true));
  }

  @Test
  void a_notice_that_asks_something_names_the_task_that_asks() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.asks(scenario.session(task), "req");
    scenario.arrive();

    assertThat(scenario.published(NoticeSent.class))
        .containsExactly(
            new NoticeSent(
                "parent", scenario.lastNotice().messageId(), List.of(task.value()), true));
  }

  @Test
  void that_all_have_ended_is_told_once_when_their_parent_has_been_told() {
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    scenario.run(first);
    scenario.run(second);
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.finish(second, "43");
    assertThat(scenario.published(AllTasksEnded.class)).isEmpty();
    scenario.arrive();

    assertThat(scenario.published(AllTasksEnded.class))
        .containsExactly(new AllTasksEnded("parent", "parent"));
  }

  @Test
  void that_all_have_ended_is_told_at_once_if_nobody_has_to_be_told() {
    TaskId silent = scenario.launching("parent").notify(Notify.SILENT).accepted();
    scenario.run(silent);
    scenario.finish(silent, "42");

    assertThat(scenario.published(AllTasksEnded.class)).hasSize(1);
  }

  @Test
  void that_all_have_ended_is_not_told_if_another_was_launched_meanwhile() {
    TaskId first = scenario.launch("parent");
    scenario.run(first);
    scenario.finish(first, "42");
    TaskId second = scenario.launch("parent");
    scenario.arrive();
    assertThat(scenario.published(AllTasksEnded.class)).isEmpty();
    scenario.run(second);
    scenario.finish(second, "43");
    scenario.arrive();

    assertThat(scenario.published(AllTasksEnded.class)).hasSize(1);
  }

  private static Toast toast(String title, Level level) {
    return new Toast("parent", title, "a task (agent)", level);
  }
}
