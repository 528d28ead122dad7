package dev.sideline.host.tasks;

import static dev.sideline.host.opencode.harness.RealOpenCode.ASKER;
import static dev.sideline.host.opencode.harness.RealOpenCode.PLANNER;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.Prompt;
import dev.sideline.api.ToolResult;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Attacks of a model that has nothing but the tools, on a real OpenCode server: they fail. */
@LeakCheck.OncePerClass
class RightsOnOpenCodeIT extends OnOpenCode {

  private ToolResult launch(String agent, String more) {
    return host.call(
        parent,
        "background_task",
        TaskHost.launchArguments(agent, "do what I may not", more).toString());
  }

  private void assertThatNothingWasMade() {
    assertThat(TaskHost.get(host.sessions().children(parent))).isEmpty();
  }

  @Test
  void a_folder_outside_of_the_project_is_out_of_reach() {
    openHost();
    Path outside = opencode.newProject("outside");

    ToolResult refused = launch(WORKER, "{\"directory\":\"" + outside + "\"}");

    assertThat(refused.error()).isTrue();
    assertThat(refused.text()).contains("tasks work where you do");
    assertThatNothingWasMade();
  }

  @Test
  void a_folder_with_a_configuration_that_somebody_has_put_there_is_not_worked_in()
      throws IOException {
    openHost("directories", ".");
    Path planted = Files.createDirectories(opencode.project().resolve("planted"));
    Path plugin = Files.createDirectories(planted.resolve(".opencode/plugin")).resolve("x.js");
    Path proof = opencode.project().resolve("it-ran");
    Files.writeString(
        plugin,
        "import {writeFileSync} from 'node:fs'; export const X = async () => {"
            + " writeFileSync('"
            + proof
            + "', ''); return {} }");

    String task = host.launch(parent, WORKER, "do it there", "{\"directory\":\"planted\"}");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("reason").asText()).isEqualTo("launch_failed");
    assertThat(ended.path("detail").asText()).contains("would be its configuration");
    assertThat(proof).doesNotExist();
    assertThatNothingWasMade();
  }

  @Test
  void a_plain_folder_that_the_operator_has_listed_is_worked_in() throws IOException {
    openHost("directories", ".");
    Files.createDirectories(opencode.project().resolve("plain"));
    opencode.model().whenAsked("work there").reply(Reply.text("done there"));

    String task = host.launch(parent, WORKER, "work there", "{\"directory\":\"plain\"}");

    assertThat(host.awaitEnd(parent, task).path("output").asText()).isEqualTo("done there");
    assertThat(
            TaskHost.get(host.sessions().get(host.childOf(parent, task))).orElseThrow().directory())
        .isEqualTo(opencode.project().resolve("plain").toString());
  }

  @Test
  void an_agent_for_people_or_one_that_is_not_there_is_refused_with_those_that_there_are() {
    openHost();

    assertThat(launch("build", "{}").text()).contains("is not there for other agents");
    assertThat(launch("biuld", "{}").text())
        .contains("there is no agent \"biuld\"", "general", "Leave 'agent' out");
    assertThatNothingWasMade();
  }

  @Test
  void whom_the_rules_of_an_agent_forbid_it_has_not_work_whatever_is_named() {
    openHost("agents", "*");
    opencode.model().whenAsked("make a plan").reply(Reply.text("a plan"));
    TaskHost.get(
        host.sessions()
            .prompt(
                Prompt.of(parent, host.sessions().newMessageId(), "make a plan")
                    .withAgent(PLANNER)));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                TaskHost.get(host.sessions().messages(parent, 5)).stream()
                    .map(Message::text)
                    .anyMatch("a plan"::equals));

    assertThat(launch(ASKER, "{}").text())
        .contains("the host forbids you to have the agent \"asker\" work", "worker");
    assertThatNothingWasMade();
  }

  @Test
  void what_a_session_may_not_do_its_tasks_may_not_do_either() {
    openHost();
    parent =
        opencode.newSession(
            "{\"permission\":[{\"permission\":\"bash\",\"pattern\":\"*\",\"action\":\"deny\"}]}");
    opencode
        .model()
        .whenAsked("use the shell")
        .reply(turn -> Reply.text("tools: " + turn.toolNames()));

    String task = host.launch(parent, WORKER, "use the shell");

    assertThat(host.awaitEnd(parent, task).path("output").asText())
        .contains("read")
        .doesNotContain("bash");
  }

  @Test
  void a_model_gives_no_permission_and_a_person_in_opencode_does() {
    openHost("permissions", "person");
    opencode
        .model()
        .whenAsked("clean up here")
        .reply(Reply.tool("bash", "{\"command\":\"echo hi\",\"description\":\"x\"}"))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));

    String task = host.launch(parent, ASKER, "clean up here");
    JsonNode request = host.awaitRequest(parent, task);
    String id = request.path("request_id").asText();
    assertThat(host.awaitNotices(parent, 1).get(0).text())
        .contains("A person has to decide that, in OpenCode, in the task's session");
    for (String reply : new String[] {"allow", "always"}) {
      ToolResult refused =
          host.call(
              parent,
              "background_send",
              "{\"request_id\":\"" + id + "\",\"reply\":\"" + reply + "\"}");
      assertThat(refused.error()).isTrue();
      assertThat(refused.text()).contains("not yours to give");
    }
    assertThat(host.task(parent, task).path("status").asText()).isEqualTo("input_required");

    opencode.allow(id);

    assertThat(host.awaitEnd(parent, task).path("output").asText()).contains("hi");
  }
}
