package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is done with an answer. */
class ResultTest {

  private static final String SCHEMA = "{\"type\":\"object\"}";

  private final EngineScenario scenario = new EngineScenario();
  private final TaskId task = scenario.launching("parent").schema(SCHEMA).accepted();
  private final String session = scenario.run(task);

  @Test
  void an_answer_that_fits_its_schema_is_the_result() {
    scenario.finish(task, "here: {}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.effects(Effect.CheckResult.class))
        .containsExactly(new Effect.CheckResult(task, 1, SCHEMA, "here: {}"));
    checked("{}");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.outcome(task).text()).isEqualTo("{}");
    assertThat(scenario.lastNotice().announced()).hasSize(1);
  }

  @Test
  void an_answer_that_does_not_fit_is_mended_by_its_agent_who_is_told_why() {
    scenario.finish(task, "no idea");
    checked(null, "not JSON");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.messages(task)).hasSize(2);
    assertThat(scenario.messages(task).get(1))
        .startsWith("Your answer does not fit the JSON Schema that it has to fit:\n- not JSON\n");
    scenario.prompted(task);
    scenario.finish(task, "{}");
    assertThat(scenario.effects(Effect.CheckResult.class))
        .containsExactly(new Effect.CheckResult(task, 2, SCHEMA, "{}"));
    checked("{}");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void an_agent_that_has_got_tasks_of_its_own_while_its_answer_was_checked_waits_for_them() {
    scenario.finish(task, "{}");
    TaskId own = scenario.adopt(scenario.session(task), "own_1");
    checked("{}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finds(task, Kind.FINISHED, "{}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finish(own, "done");
    scenario.finds(task, Kind.FINISHED, "{}");
    checked("{}");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void an_answer_that_does_not_fit_the_second_time_is_rejected_and_kept_as_it_was() {
    scenario.finish(task, "no idea");
    checked(null, "not JSON");
    scenario.prompted(task);
    scenario.finish(task, "still none");
    checked(null, "not JSON", "not an object");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.reason(task)).isEqualTo(Reason.REJECTED);
    assertThat(scenario.outcome(task).text()).isEqualTo("still none");
    assertThat(scenario.outcome(task).detail()).isEqualTo("not JSON; not an object");
  }

  @Test
  void of_many_problems_an_agent_is_told_ten() {
    scenario.finish(task, "no idea");
    checked(null, IntStream.range(0, 50).mapToObj(i -> "problem " + i).toArray(String[]::new));

    assertThat(scenario.messages(task).get(1)).contains("problem 9\n").doesNotContain("problem 10");
  }

  @Test
  void an_agent_that_cannot_be_asked_to_mend_its_answer_has_it_checked_and_rejected() {
    scenario.finish(task, "no idea");
    checked(null, "not JSON");
    scenario.promptFails(task, Code.INVALID);
    scenario.finds(task, Kind.FINISHED, "no idea");
    checked(null, "not JSON");

    assertThat(scenario.reason(task)).isEqualTo(Reason.REJECTED);
  }

  @Test
  void an_answer_that_the_host_has_taken_is_the_one_that_is_checked() {
    scenario.idle(session);
    scenario.finds(
        task,
        new ProbeResult(
            Kind.FINISHED, false, "done", 0, "{\"a\":1}", false, null, 0, List.of(), Map.of()));

    assertThat(scenario.effects(Effect.CheckResult.class).get(0).answer()).isEqualTo("{\"a\":1}");
  }

  @Test
  void an_answer_is_checked_once_however_often_it_is_seen() {
    scenario.finish(task, "{}");
    scenario.finish(task, "{}");

    assertThat(scenario.allEffects(Effect.CheckResult.class)).hasSize(1);
  }

  @Test
  void the_check_of_an_answer_that_was_overtaken_by_a_message_says_nothing() {
    scenario.finish(task, "{}");
    scenario.send("parent", task, "and this");
    scenario.prompted(task);
    scenario.apply(new Input.ResultChecked(task, 1, new ResultCheck("{}", List.of())));
    checked("{}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finish(task, "{\"b\":2}");

    assertThat(scenario.effects(Effect.CheckResult.class)).hasSize(1);
  }

  @Test
  void the_check_of_an_answer_says_nothing_of_the_next() {
    scenario.finish(task, "{}");
    scenario.send("parent", task, "and this");
    scenario.prompted(task);
    scenario.finish(task, "{\"b\":2}");
    scenario.apply(new Input.ResultChecked(task, 1, new ResultCheck("{}", List.of())));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    checked("{\"b\":2}");

    assertThat(scenario.outcome(task).text()).isEqualTo("{\"b\":2}");
  }

  @Test
  void the_check_of_an_answer_of_a_task_that_was_cancelled_says_nothing() {
    scenario.finish(task, "{}");
    scenario.cancel("parent", task);
    checked("{}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void an_answer_that_was_cut_off_by_its_model_is_partial() {
    TaskId plain = scenario.launch("parent");
    scenario.idle(scenario.run(plain));
    scenario.finds(
        plain,
        new ProbeResult(Kind.FINISHED, false, "half", 7, null, true, null, 0, List.of(), Map.of()));

    assertThat(scenario.reason(plain)).isEqualTo(Reason.PARTIAL);
    assertThat(scenario.outcome(plain).detail())
        .isEqualTo("its model stopped at its limit on the length of an answer");
    assertThat(scenario.outcome(plain).textDropped()).isEqualTo(7);
  }

  private void checked(String json, String... problems) {
    scenario.apply(
        new Input.ResultChecked(
            task, scenario.task(task).activation(), new ResultCheck(json, List.of(problems))));
  }
}
