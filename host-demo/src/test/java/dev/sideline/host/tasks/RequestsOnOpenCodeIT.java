package dev.sideline.host.tasks;

import static dev.sideline.host.opencode.harness.RealOpenCode.ASKER;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that ask for a permission or put a question, on a real OpenCode server. */
@LeakCheck.OncePerClass
class RequestsOnOpenCodeIT extends OnOpenCode {

  @Test
  void a_task_that_needs_a_permission_tells_its_parent_holds_no_slot_and_goes_on_when_allowed() {
    openHost("max_running", "1");
    shell("clean up", "echo hi");
    opencode.model().whenAsked("small job").reply(Reply.text("small answer"));

    String task = host.launch(parent, ASKER, "clean up");
    JsonNode request = host.awaitRequest(parent, task);
    assertThat(request.path("kind").asText()).isEqualTo("permission");
    assertThat(request.path("text").asText()).startsWith("bash: echo hi");
    String id = request.path("request_id").asText();
    assertThat(host.awaitNotices(parent, 1).get(0).text())
        .contains(task, id, "echo hi", "background_send");
    String other = host.launch(parent, WORKER, "small job");
    assertThat(host.awaitEnd(parent, other).path("status").asText()).isEqualTo("completed");
    assertThat(host.task(parent, task).path("status").asText()).isEqualTo("input_required");

    assertThat(host.reply(parent, request, "allow")).isEqualTo("taken");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).contains("hi");
    host.awaitStates(
        task, "pending", "starting", "running", "input_required", "running", "completed");
  }

  @Test
  void a_task_that_is_refused_a_permission_is_told_why_and_goes_on() {
    openHost();
    shell("delete it all", "rm -rf nothing");

    String task = host.launch(parent, ASKER, "delete it all");
    JsonNode request = host.awaitRequest(parent, task);
    String refusal =
        "{\"request_id\":\""
            + request.path("request_id").asText()
            + "\",\"reply\":\"reject\",\"message\":\"keep your hands off\"}";
    assertThat(host.send(parent, refusal)).isEqualTo("taken");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).contains("keep your hands off");
  }

  @Test
  void a_task_that_is_refused_without_a_word_goes_on_too() {
    openHost();
    shell("delete it without a word", "rm -rf nothing");

    String task = host.launch(parent, ASKER, "delete it without a word");
    assertThat(host.reply(parent, host.awaitRequest(parent, task), "reject")).isEqualTo("taken");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).contains("Whoever launched you has refused this");
  }

  @ParameterizedTest
  @ValueSource(strings = {"permission", "question"})
  void a_task_that_a_person_refuses_in_opencode_itself_has_been_interrupted_there(String kind) {
    openHost("lost_seconds", "60");
    if (kind.equals("permission")) {
      shell("do what I do not want", "rm -rf nothing");
    } else {
      question("do what I do not want");
    }

    String task = host.launch(parent, ASKER, "do what I do not want");
    JsonNode request = host.awaitRequest(parent, task);
    assertThat(request.path("kind").asText()).isEqualTo(kind);
    opencode.refuse(kind, request.path("request_id").asText());

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("cancelled");
    assertThat(ended.path("reason").asText()).isEqualTo("interrupted");
    assertThat(ended.toString()).contains("was refused in the host");
  }

  @Test
  void a_page_that_a_task_wants_to_fetch_is_allowed_like_anything_else() {
    openHost();
    opencode
        .model()
        .whenAsked("fetch the page")
        .reply(Reply.tool("webfetch", "{\"url\":\"http://127.0.0.1:1/\",\"format\":\"text\"}"))
        .reply(Reply.text("nobody was there"));

    String task = host.launch(parent, ASKER, "fetch the page");
    JsonNode request = host.awaitRequest(parent, task);
    assertThat(request.path("text").asText()).startsWith("webfetch: http://127.0.0.1:1/");
    assertThat(host.reply(parent, request, "allow")).isEqualTo("taken");

    assertThat(host.awaitEnd(parent, task).path("output").asText()).isEqualTo("nobody was there");
  }

  @Test
  void the_questions_of_a_task_are_answered_one_by_one() {
    openHost();
    opencode
        .model()
        .whenAsked("build what I want")
        .reply(
            Reply.tool(
                "question",
                """
                {"questions":[
                  {"question":"Which database?","header":"Database","options":[
                    {"label":"SQLite","description":"one file"},
                    {"label":"PostgreSQL","description":"a server"}]},
                  {"question":"Which features?","header":"Features","multiple":true,"options":[
                    {"label":"Search","description":"full text"},
                    {"label":"Export","description":"CSV"}]}]}
                """))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));

    String task = host.launch(parent, ASKER, "build what I want");
    JsonNode request = host.awaitRequest(parent, task);
    assertThat(request.path("kind").asText()).isEqualTo("question");
    assertThat(request.path("text").asText())
        .contains("1. Which database?", "PostgreSQL (a server)", "2. Which features?");
    String id = request.path("request_id").asText();
    assertThat(
            host.call(
                    parent,
                    "background_send",
                    "{\"request_id\":\"" + id + "\",\"reply\":\"SQLite\"}")
                .text())
        .contains("still waits", "2 questions");
    String answers =
        "{\"request_id\":\"" + id + "\",\"reply\":[\"SQLite\",[\"Search\",\"Export\"]]}";
    assertThat(host.send(parent, answers)).isEqualTo("taken");

    assertThat(host.awaitEnd(parent, task).path("output").asText())
        .contains("\"Which database?\"=\"SQLite\"", "\"Which features?\"=\"Search, Export\"");
  }

  @Test
  void a_question_that_nobody_answers_is_given_up_in_time_and_the_agent_goes_on() {
    openHost("input_timeout_seconds", "2");
    question("ask the wall");

    String task = host.launch(parent, ASKER, "ask the wall");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).contains("Nobody answered in time");
    host.awaitStates(
        task, "pending", "starting", "running", "input_required", "running", "completed");
  }

  @Test
  void what_a_person_answers_in_the_host_lets_the_task_go_on_as_well() {
    openHost();
    question("ask a person");

    String task = host.launch(parent, ASKER, "ask a person");
    String id = host.awaitRequest(parent, task).path("request_id").asText();
    dev.sideline.api.Reply tea = new dev.sideline.api.Reply.Answer(List.of(List.of("Tea")));
    TaskHost.get(host.sessions().reply(id, tea));

    assertThat(host.awaitEnd(parent, task).path("output").asText()).contains("=\"Tea\"");
    assertThat(
            host.call(
                    parent,
                    "background_send",
                    "{\"request_id\":\"" + id + "\",\"reply\":\"Coffee\"}")
                .error())
        .isTrue();
  }

  @Test
  void a_task_that_is_cancelled_while_it_asks_leaves_no_request_behind() {
    openHost();
    question("ask in vain");
    String task = host.launch(parent, ASKER, "ask in vain");
    String id = host.awaitRequest(parent, task).path("request_id").asText();

    host.call(parent, "background_cancel", "{\"task_id\":\"" + task + "\"}");

    assertThat(host.awaitEnd(parent, task).path("status").asText()).isEqualTo("cancelled");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                TaskHost.get(host.sessions().pendingRequests()).stream()
                    .map(PendingRequest::id)
                    .noneMatch(id::equals));
  }

  private void shell(String prompt, String command) {
    opencode
        .model()
        .whenAsked(prompt)
        .reply(Reply.tool("bash", "{\"command\":\"" + command + "\",\"description\":\"does it\"}"))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));
  }

  private void question(String prompt) {
    opencode
        .model()
        .whenAsked(prompt)
        .reply(
            Reply.tool(
                "question",
                """
                {"questions":[{"question":"Tea or coffee?","header":"Drink","options":[
                  {"label":"Tea","description":"hot"},{"label":"Coffee","description":"hot"}]}]}
                """))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));
  }
}
