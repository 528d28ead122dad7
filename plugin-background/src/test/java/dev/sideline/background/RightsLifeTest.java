package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.AgentInfo.Access;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model asks for, and what the host and the operator make of it. */
class RightsLifeTest {

  private static final AgentCatalog CATALOG =
      new AgentCatalog(
          List.of(
              AgentInfo.offered("worker", "works"),
              AgentInfo.offered("explore", "looks around"),
              new AgentInfo("build", "edits", Access.RESERVED),
              new AgentInfo("root", "may do anything", Access.DENIED)),
          "worker");

  private PluginScenario scenario = new PluginScenario(Map.of());

  @AfterEach
  void dispose() {
    scenario.close();
  }

  private void with(Map<String, String> settings) {
    scenario.close();
    scenario = new PluginScenario(settings);
  }

  private ToolResult launch(String more) {
    return scenario.call(
        "background_task", PARENT, "{\"description\":\"d\",\"prompt\":\"p\"" + more + "}");
  }

  private ToolResult launchBy(String agent) {
    return launch(",\"agent\":\"" + agent + "\"");
  }

  private void assertThatNothingHasHappened() {
    assertThat(scenario.sessions.calls(SessionCall.Create.class)).isEmpty();
    assertThat(scenario.call("background_list", PARENT, "{}").text())
        .contains("no background task");
  }

  @Test
  void an_agent_that_is_not_there_is_refused_at_once_with_those_that_are() {
    scenario.sessions.offerAgents(CATALOG);

    ToolResult refused = launchBy("wroker");
    assertThat(refused.error()).isTrue();
    assertThat(refused.text())
        .isEqualTo(
            "Not launched: there is no agent \"wroker\". You can launch: worker (\"works\"),"
                + " explore (\"looks around\"). Leave 'agent' out for \"worker\". Nothing was"
                + " changed.");
    assertThatNothingHasHappened();
  }

  @Test
  void an_agent_that_the_host_forbids_or_keeps_for_people_does_not_work_for_a_model() {
    scenario.sessions.offerAgents(CATALOG);

    assertThat(launchBy("root").text()).contains("the host forbids you to have the agent \"root\"");
    assertThat(launchBy("build").text()).contains("is not there for other agents", "agents)");
    assertThatNothingHasHappened();
  }

  @Test
  void what_the_operator_names_may_be_launched_but_not_what_the_host_forbids() {
    with(Map.of("agents", "build, root"));
    scenario.sessions.offerAgents(CATALOG);

    assertThat(launchBy("build").error()).isFalse();
    assertThat(launchBy("root").error()).isTrue();
  }

  @Test
  void without_an_agent_the_default_one_works() {
    scenario.sessions.offerAgents(CATALOG);

    assertThat(launch("").error()).isFalse();
    patiently().until(() -> !scenario.sessions.calls(SessionCall.SendPrompt.class).isEmpty());
    assertThat(scenario.sessions.calls(SessionCall.SendPrompt.class).get(0).prompt().agent())
        .isEqualTo("worker");
  }

  @Test
  void a_task_is_gone_on_with_only_by_an_agent_that_may_still_be_launched() {
    scenario.sessions.offerAgents(CATALOG);
    String task = scenario.launchAndAwait(PARENT, "look");
    scenario.sessions.finish(scenario.child(task), "seen");
    scenario.awaitStatus(task, "completed");
    scenario.sessions.offerAgents(
        new AgentCatalog(List.of(new AgentInfo("worker", "", Access.DENIED)), null));

    ToolResult refused = launch(",\"task_id\":\"" + task + "\"");
    assertThat(refused.text()).contains("the host forbids you to have the agent \"worker\" work");
  }

  @Test
  void nothing_is_launched_while_the_host_does_not_say_what_may_be() {
    scenario.sessions.offerAgents(CATALOG);
    scenario
        .sessions
        .next(SessionCall.GetAgents.class)
        .fails(new SessionException(Code.UNAVAILABLE, "away"));

    assertThat(launchBy("worker").text()).contains("the host has not said which agents");
    assertThatNothingHasHappened();
    assertThat(launchBy("worker").error()).isFalse();
  }

  @Test
  void a_folder_that_nobody_has_listed_is_refused_and_nothing_is_made(@TempDir Path folder) {
    ToolResult refused = launch(",\"agent\":\"worker\",\"directory\":\"" + folder + "\"");

    assertThat(refused.text())
        .isEqualTo(
            "'directory' is \""
                + folder
                + "\", but tasks work where you do (setting directories). Nothing was changed.");
    assertThatNothingHasHappened();
  }

  @Test
  void a_listed_folder_is_handed_to_the_host_without_links(@TempDir Path folder) throws Exception {
    Path real = folder.toRealPath();
    java.nio.file.Files.createDirectories(real.resolve("there"));
    java.nio.file.Files.createSymbolicLink(real.resolve("link"), real.resolve("there"));
    with(Map.of("directories", real.toString()));

    launch(",\"agent\":\"worker\",\"directory\":\"" + real.resolve("link") + "\"");
    patiently().until(() -> !scenario.sessions.calls(SessionCall.Create.class).isEmpty());
    assertThat(scenario.sessions.calls(SessionCall.Create.class).get(0).request().directory())
        .isEqualTo(real.resolve("there").toString());
  }

  @Test
  void a_permission_is_not_a_models_to_give() {
    scenario.sessions.answerAt("in the test");
    with(Map.of());
    String task = scenario.launchAndAwait(PARENT, "clean up");
    PendingRequest asked = scenario.sessions.askPermission(scenario.child(task), "bash: rm");
    scenario.awaitStatus(task, "input_required");

    for (String reply : List.of("allow", "always")) {
      ToolResult refused =
          scenario.call(
              "background_send",
              PARENT,
              "{\"request_id\":\"" + asked.id() + "\",\"reply\":\"" + reply + "\"}");
      assertThat(refused.error()).isTrue();
      assertThat(refused.text()).contains("not yours to give", "A person has to decide that");
    }
    assertThat(scenario.sessions.replyTo(asked.id())).isEmpty();
  }
}
