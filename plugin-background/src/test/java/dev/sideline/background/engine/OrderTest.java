package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ties by time never changes places: all of this happens within one millisecond. */
class OrderTest {

  private final EngineScenario scenario =
      new EngineScenario("max_running=50", "max_running_per_parent=50");
  private final List<TaskId> launched = new ArrayList<>();

  {
    // The scenario numbers its ids, and bg_10 comes before bg_9 in the alphabet.
    for (int i = 0; i < 24; i++) {
      launched.add(scenario.launch("parent"));
    }
  }

  @Test
  void tasks_launched_at_the_same_time_are_listed_newest_first() {
    List<TaskId> newestFirst = new ArrayList<>(launched);
    Collections.reverse(newestFirst);

    assertThat(((Answer.Listed) scenario.list("parent")).tasks())
        .extracting(view -> view.task().id())
        .containsExactlyElementsOf(newestFirst);
  }

  @Test
  void their_order_does_not_change_when_they_have_ended_at_the_same_time() {
    launched.forEach(scenario::run);
    launched.forEach(task -> scenario.finish(task, "done"));
    scenario.arrive();
    assertThat(scenario.engine.size()).as("all are finished").isZero();

    tasks_launched_at_the_same_time_are_listed_newest_first();
  }

  @Test
  void those_that_ended_last_are_shown_in_order_of_launch() {
    launched.forEach(scenario::run);
    launched.forEach(task -> scenario.finish(task, "done"));
    scenario.arrive();

    assertThat(((Answer.Shown) scenario.output("parent")).tasks())
        .extracting(view -> view.task().id())
        .containsExactlyElementsOf(launched.subList(16, 24));
  }

  @Test
  void tasks_that_are_stopped_together_are_stopped_in_order_of_launch() {
    launched.forEach(scenario::run);
    scenario.passSeconds(0);
    scenario.cancelAll("parent");

    assertThat(scenario.effects(Effect.Abort.class))
        .extracting(Effect.Abort::task)
        .containsExactlyElementsOf(launched);
  }
}
