package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When parents are told, and when they are set to work for it. */
class WakingTest {

  // --- together

  @Test
  void what_ends_within_a_moment_is_told_together() {
    EngineScenario scenario = new EngineScenario("notice_delay_ms=300");
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    scenario.run(scenario.launch("parent"));
    end(scenario, first);
    scenario.pass(Duration.ofMillis(200));
    end(scenario, second);
    assertThat(scenario.notices()).isEmpty();
    scenario.pass(Duration.ofMillis(100));

    assertThat(scenario.notices()).hasSize(1);
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(first, second);
    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void what_ends_after_that_has_its_own_moment() {
    EngineScenario scenario = new EngineScenario("notice_delay_ms=300");
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    scenario.run(scenario.launch("parent"));
    end(scenario, first);
    scenario.pass(Duration.ofMillis(300));
    end(scenario, second);
    scenario.pass(Duration.ofMillis(200));
    scenario.arrive();
    assertThat(scenario.notices()).hasSize(1);
    scenario.pass(Duration.ofMillis(100));

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(second);
  }

  @Test
  void the_end_of_the_last_is_told_at_once() {
    EngineScenario scenario = new EngineScenario("notice_delay_ms=300");
    end(scenario, scenario.launch("parent"));

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  // --- a busy parent

  @Test
  void a_busy_parent_is_told_when_it_has_finished() {
    for (SessionEvent finished :
        List.of(
            new SessionEvent.Idle("parent"),
            new SessionEvent.StatusChanged("parent", SessionStatus.IDLE))) {
      EngineScenario scenario = new EngineScenario();
      end(scenario, scenario.launch("parent"));
      assertThat(lastSent(scenario).evenIfBusy()).isFalse();
      scenario.parentBusy(scenario.lastNotice());
      scenario.event(new SessionEvent.StatusChanged("parent", SessionStatus.BUSY));
      assertThat(scenario.notices()).hasSize(1);
      scenario.event(finished);

      assertThat(scenario.notices()).hasSize(2);
      assertThat(lastSent(scenario).evenIfBusy()).isFalse();
      assertThat(scenario.notices().get(1).announced())
          .isEqualTo(scenario.notices().get(0).announced());
    }
  }

  @Test
  void a_busy_parent_whose_end_of_work_was_not_heard_of_is_found_to_have_finished() {
    EngineScenario scenario = new EngineScenario();
    end(scenario, scenario.launch("parent"));
    scenario.parentBusy(scenario.lastNotice());
    scenario.passSeconds(16);
    scenario.apply(new Input.StatusesFetched(Map.of("parent", SessionStatus.BUSY)));
    assertThat(scenario.notices()).hasSize(1);
    scenario.passSeconds(16);
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.notices()).hasSize(2);
  }

  @Test
  void a_busy_parent_is_not_waited_for_for_ever() {
    EngineScenario scenario = new EngineScenario("busy_parent_seconds=60");
    end(scenario, scenario.launch("parent"));
    scenario.parentBusy(scenario.lastNotice());
    scenario.passSeconds(30);
    scenario.event(new SessionEvent.Idle("parent"));
    scenario.parentBusy(scenario.lastNotice());
    scenario.passSeconds(29);
    assertThat(scenario.effects(Effect.SendNotice.class)).isEmpty();
    scenario.passSeconds(1);

    assertThat(lastSent(scenario).evenIfBusy()).isTrue();
    assertThat(scenario.notices()).hasSize(3);
  }

  @Test
  void a_busy_parent_is_told_at_once_if_so_set() {
    EngineScenario scenario = new EngineScenario("busy_parent_seconds=0");
    end(scenario, scenario.launch("parent"));

    assertThat(lastSent(scenario).evenIfBusy()).isTrue();
  }

  @Test
  void what_ends_while_a_parent_is_busy_is_told_with_the_rest_in_its_order() {
    EngineScenario scenario = new EngineScenario();
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    end(scenario, first);
    Notice putOff = scenario.lastNotice();
    end(scenario, second);
    scenario.parentBusy(putOff);
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(first, second);
    assertThat(owed(scenario)).containsExactly(NoticeRow.of(scenario.lastNotice()));
    scenario.arrive();
    assertThat(owed(scenario)).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void a_notice_that_is_put_off_stays_recorded_as_owed() {
    EngineScenario scenario = new EngineScenario();
    end(scenario, scenario.launch("parent"));
    scenario.parentBusy(scenario.lastNotice());

    assertThat(owed(scenario)).containsExactly(NoticeRow.of(scenario.lastNotice()));
  }

  @Test
  void what_a_busy_parent_reads_meanwhile_it_is_not_told() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    end(scenario, task);
    scenario.parentBusy(scenario.lastNotice());
    assertThat(scenario.view("parent", task).noticePending()).isTrue();
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(scenario.notices()).hasSize(1);
    assertThat(owed(scenario)).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void a_parent_that_goes_while_it_is_busy_is_owed_nothing() {
    EngineScenario scenario = new EngineScenario();
    end(scenario, scenario.launch("parent"));
    scenario.parentBusy(scenario.lastNotice());
    scenario.deleted("parent");

    assertThat(owed(scenario)).isEmpty();
    assertThat(scenario.engine.size()).isZero();
    scenario.passSeconds(100);
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void a_parent_that_was_told_without_being_woken_is_woken_in_the_end() {
    EngineScenario scenario = new EngineScenario();
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    end(scenario, first);
    scenario.arrive();
    scenario.run(second);
    scenario.cancel("parent", second);
    scenario.stops(second);
    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.lastNotice().announced()).isEmpty();
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(first, second);
    // Also if that is put off.
    scenario.parentBusy(scenario.lastNotice());
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(scenario.notices()).hasSize(3);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_parent_that_has_read_what_it_was_told_is_not_woken_in_the_end() {
    EngineScenario scenario = new EngineScenario();
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    end(scenario, first);
    scenario.arrive();
    scenario.output("parent", first.value());
    scenario.run(second);
    scenario.cancel("parent", second);
    scenario.stops(second);

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.engine.size()).isZero();
  }

  // --- too often

  @Test
  void a_parent_is_not_set_to_work_more_often_in_a_row_than_it_may() {
    EngineScenario scenario = new EngineScenario("max_wakes=2");
    for (int i = 0; i < 4; i++) {
      end(scenario, scenario.launch("parent"));
      scenario.arrive();
    }

    assertThat(scenario.notices())
        .extracting(Notice::wake)
        .containsExactly(true, true, false, false);
  }

  @Test
  void a_notice_that_is_heard_of_before_it_is_known_to_have_arrived_is_no_persons_word() {
    EngineScenario scenario = new EngineScenario("max_wakes=2");
    for (int i = 0; i < 4; i++) {
      end(scenario, scenario.launch("parent"));
      scenario.writes("parent", scenario.lastNotice().messageId());
      scenario.arrive();
    }

    assertThat(scenario.notices())
        .extracting(Notice::wake)
        .containsExactly(true, true, false, false);
  }

  @Test
  void a_notice_that_was_sent_under_another_id_at_last_is_no_persons_word_either() {
    EngineScenario scenario = new EngineScenario("max_wakes=1");
    end(scenario, scenario.launch("parent"));
    scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
    scenario.passSeconds(2);
    scenario.writes("parent", scenario.lastNotice().messageId());
    scenario.arrive();
    end(scenario, scenario.launch("parent"));

    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void what_a_task_is_told_by_us_is_no_persons_word() {
    EngineScenario scenario = new EngineScenario("max_wakes=1", "max_depth=3");
    TaskId upper = scenario.launch("person");
    String session = scenario.run(upper);
    String prompt = scenario.task(upper).promptId();
    end(scenario, scenario.launch(session));
    scenario.arrive();
    TaskId second = scenario.launch(session);
    // Its prompt changes once more, and it is sent a message.
    scenario.writes(session, prompt);
    scenario.send("person", upper, "be brief");
    scenario.writes(session, scenario.task(upper).promptId());
    scenario.prompted(upper);
    end(scenario, second);

    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void a_persons_message_that_changes_later_is_no_new_word() {
    EngineScenario scenario = new EngineScenario("max_wakes=1");
    TaskId first = scenario.launch("parent");
    scenario.writes("parent", "msg_of_a_person");
    end(scenario, first);
    scenario.arrive();
    TaskId second = scenario.launch("parent");
    scenario.writes("parent", "msg_of_a_person");
    end(scenario, second);

    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void a_persons_word_lets_a_parent_be_woken_again_and_a_notice_is_no_such_word() {
    EngineScenario scenario = new EngineScenario("max_wakes=1");
    end(scenario, scenario.launch("parent"));
    scenario.arrive();
    TaskId second = scenario.launch("parent");
    scenario.writes("parent", scenario.lastNotice().messageId());
    end(scenario, second);
    scenario.arrive();
    assertThat(scenario.lastNotice().wake()).isFalse();
    TaskId third = scenario.launch("parent");
    scenario.writes("parent", "msg_of_a_person");
    end(scenario, third);

    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_parent_is_woken_as_often_as_need_be_if_so_set() {
    EngineScenario scenario = new EngineScenario("max_wakes=0");
    for (int i = 0; i < 50; i++) {
      end(scenario, scenario.launch("parent"));
      scenario.arrive();
    }

    assertThat(scenario.notices()).hasSize(50).allMatch(Notice::wake);
  }

  @Test
  void a_notice_that_has_not_woken_its_parent_does_not_count() {
    EngineScenario scenario = new EngineScenario("max_wakes=1");
    scenario.run(scenario.launch("parent"));
    for (int i = 0; i < 3; i++) {
      end(scenario, scenario.launch("parent"));
      scenario.arrive();
    }
    scenario.asks(scenario.run(scenario.launch("parent")), "req");

    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  private static Effect.SendNotice lastSent(EngineScenario scenario) {
    List<Effect.SendNotice> sent = scenario.allEffects(Effect.SendNotice.class);
    return sent.get(sent.size() - 1);
  }

  private static List<NoticeRow> owed(EngineScenario scenario) {
    return scenario.store.load().toCompletableFuture().join().owed();
  }

  private static void end(EngineScenario scenario, TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
  }

  private static List<TaskId> ids(List<Task> tasks) {
    return tasks.stream().map(Task::id).toList();
  }
}
