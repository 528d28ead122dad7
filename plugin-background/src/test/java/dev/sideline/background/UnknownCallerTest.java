package dev.sideline.background;

import static dev.sideline.background.PluginScenario.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks belong to sessions: a call in the name of none launches nothing. */
class UnknownCallerTest {

  private static final String LAUNCH =
      "{\"description\":\"a test\",\"agent\":\"worker\",\"prompt\":\"do it\"}";

  private final PluginScenario scenario = new PluginScenario(Map.of());

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void a_session_that_the_host_does_not_have_launches_nothing_and_is_told_why() {
    ToolResult refused = scenario.call("background_task", "ses_of_nobody", LAUNCH);

    assertThat(refused.error()).isTrue();
    assertThat(refused.text())
        .isEqualTo(
            "Not launched: the host has no session 'ses_of_nobody', in whose name this call is"
                + " made, and so nobody who could be told of the task. Nothing was changed.");
    assertThat(scenario.sessions.calls(SessionCall.Create.class)).isEmpty();
  }

  @Test
  void an_odd_id_of_a_session_is_shown_in_one_line_and_not_without_end() {
    ToolResult refused =
        scenario.call("background_task", "\u001b[2J\n" + "x".repeat(5_000), LAUNCH);

    assertThat(refused.text()).contains("no session '\\u001b[2J\\u000axxx").hasSizeLessThan(500);
  }

  @Test
  void a_call_without_a_session_is_refused_by_every_tool() {
    for (String tool : new String[] {"background_task", "background_output", "background_list"}) {
      ToolResult refused = scenario.call(tool, " ", tool.equals("background_task") ? LAUNCH : "{}");
      assertThat(refused.error()).isTrue();
      assertThat(refused.text()).contains("has not said which session makes this call");
    }
  }

  @Test
  void a_session_that_exists_is_asked_for_once() {
    scenario.sessions.addSession("new");
    assertThat(scenario.call("background_task", "new", LAUNCH).error()).isFalse();
    assertThat(scenario.call("background_task", "new", LAUNCH).error()).isFalse();

    assertThat(scenario.sessions.calls(SessionCall.Get.class)).hasSize(1);
  }

  @Test
  void a_host_that_cannot_tell_launches_as_ever() {
    scenario.sessions.addSession("new");
    scenario
        .sessions
        .next(SessionCall.Get.class)
        .fails(new SessionException(Code.UNSUPPORTED, "on purpose"));

    assertThat(answer(scenario.begin("background_task", "new", LAUNCH)).error()).isFalse();
  }
}
