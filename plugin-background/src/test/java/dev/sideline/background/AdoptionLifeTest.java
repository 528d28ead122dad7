package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.json;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Prompt;
import dev.sideline.api.testing.SessionCall;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Children that a host creates itself, under a session that has tasks. */
class AdoptionLifeTest {

  private PluginScenario scenario = new PluginScenario(Map.of("adopt_children", "yes"));

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void they_are_listed_and_can_be_cancelled() {
    String launched = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.addSession("own", PARENT);
    prompt("own");

    patiently().until(() -> list().size() == 2);
    JsonNode adopted = list().get(0).path("adopted").asBoolean() ? list().get(0) : list().get(1);
    assertThat(adopted.path("adopted").asBoolean()).isTrue();
    assertThat(adopted.path("session_id").asText()).isEqualTo("own");

    assertThat(
            scenario
                .call(
                    "background_cancel",
                    PARENT,
                    "{\"task_id\":\"" + adopted.path("task_id").asText() + "\"}")
                .text())
        .startsWith("Stopped:");
    assertThat(scenario.sessions.working("own")).isFalse();
    assertThat(scenario.status(launched)).isEqualTo("running");
  }

  @Test
  void strangers_cost_a_look_and_no_more() {
    scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.addSession("conversation");
    prompt("conversation");
    scenario.sessions.finish("conversation", "done");
    prompt("conversation");

    patiently().until(() -> !scenario.hooks.observes("conversation"));
    assertThat(scenario.sessions.calls(SessionCall.Get.class))
        .filteredOn(call -> call.sessionId().equals("conversation"))
        .hasSize(1);
    assertThat(list()).hasSize(1);
  }

  @Test
  void they_are_left_alone_unless_it_is_set() {
    scenario.close();
    scenario = new PluginScenario(Map.of());
    scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.addSession("own", PARENT);
    prompt("own");

    assertThat(scenario.hooks.observes("own")).isFalse();
    assertThat(list()).hasSize(1);
    assertThat(scenario.sessions.calls(SessionCall.Get.class))
        .doesNotContain(new SessionCall.Get("own"));
  }

  private JsonNode list() {
    return json(scenario.call("background_list", PARENT, "{}")).path("tasks");
  }

  private void prompt(String session) {
    var unused =
        scenario.sessions.prompt(
            new Prompt(
                session,
                scenario.sessions.newMessageId(),
                "work",
                "agent",
                null,
                null,
                Set.of(),
                true,
                null));
  }
}
