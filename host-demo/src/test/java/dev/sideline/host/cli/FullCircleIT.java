package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.ToolUse;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of it together: the built program, connected to a project by its own command, serves the
 * agents of a real OpenCode server.
 */
@LeakCheck.OncePerClass // Connections to the server and its model are kept for the next test.
class FullCircleIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  // The first use of a project's plugin folder makes OpenCode fetch its plugin library.
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern TASK_ID = Pattern.compile("bg_\\w+");
  private static final Pattern REQUEST_ID = Pattern.compile("request_id=\"([^\"]+)\"");
  private static final String ALL_ENDED = "All of your background tasks have ended";

  @TempDir private static Path work;
  private static OpenCodeRuntime runtime;
  private static Path project;

  @BeforeAll
  static void connect() throws IOException {
    runtime = OpenCodeRuntime.connect(opencode.options());
    project = opencode.newProject("circle");
    HostJar.Outcome connected =
        HostJar.run(
            work,
            "connect",
            "opencode",
            project.toString(),
            "--data",
            HostJar.usedData(work.resolve("data")).toString());
    assertThat(connected.exitCode()).as(connected.err()).isZero();
    opencode.open(project);
    // The first prompt in a project starts its tool server, which then stays.
    ask(session(), "hello");
  }

  @AfterAll
  static void disconnect() {
    runtime.close();
  }

  @BeforeEach
  void forgetTheScript() {
    opencode.model().reset();
  }

  @Test
  void an_agent_launches_goes_on_is_woken_reads_and_cancels() {
    String session = session();
    Gate one = opencode.model().whenAsked("errand one").hold("The answer to one ", "is 41.");
    Gate two = opencode.model().whenAsked("errand two").hold("The answer to two ", "is 42.");
    opencode.model().whenAsked("errand three").reply(Reply.hanging());
    opencode
        .model()
        .whenAsked("launch both")
        .reply(launch("one").thenTool("sideline_background_task", task("two")))
        .reply(Reply.text("Both are launched."));
    opencode.model().whenAsked("meanwhile").reply(Reply.text("I am still here."));
    opencode
        .model()
        .whenAsked(ALL_ENDED)
        .reply(turn -> read(ids(turn.lastUser())))
        .reply(launch("three"))
        .reply(turn -> cancel(ids(last(turn.toolResults()))))
        .reply(turn -> Reply.text("I have read: " + turn.toolResults()));

    // It launches two, and its own turn is over while they work.
    assertThat(ask(session, "launch both")).isEqualTo("Both are launched.");
    one.awaitReached();
    two.awaitReached();
    List<Session> children = get(sessions().children(session));
    assertThat(children).hasSize(2).extracting(Session::parentId).containsOnly(session);
    assertThat(children).extracting(Session::directory).containsOnly(project.toString());

    // It goes on talking.
    assertThat(ask(session, "meanwhile")).isEqualTo("I am still here.");
    assertThat(told(session)).noneMatch(text -> text.contains("[Background tasks]"));

    // One ends: it is told, but has nothing to do. The other ends: it is woken.
    one.open();
    await().atMost(PATIENCE).until(() -> told(session), FullCircleIT::tellOfOne);
    two.open();
    String end = answer(session, text -> text.contains("I have read"));

    // It has read both answers, launched a third task and cancelled it.
    assertThat(end).contains("The answer to one is 41.", "The answer to two is 42.", "Stopped:");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Set<String> busy = get(sessions().statuses()).keySet();
              assertThat(get(sessions().children(session)))
                  .hasSize(3)
                  .noneMatch(child -> busy.contains(child.id()));
            });
    assertThat(told(session).stream().filter(text -> text.contains(ALL_ENDED))).hasSize(1);
  }

  @Test
  void a_session_that_a_person_stops_while_it_waits_is_told_later() {
    String session = session();
    Gate gate = opencode.model().whenAsked("errand late").hold("The late answer ", "is 9.");
    opencode
        .model()
        .whenAsked("launch and wait")
        .reply(launch("late"))
        .reply(
            Reply.tool("sideline_background_output", "{\"wait\":\"all\",\"timeout_seconds\":600}"))
        .reply(Reply.text("I have waited."));
    opencode
        .model()
        .whenAsked(ALL_ENDED)
        .reply(
            turn ->
                Reply.tool(
                    "sideline_background_output",
                    "{\"task_id\":\"" + ids(turn.lastUser()).get(0) + "\"}"))
        .reply(turn -> Reply.text("I have read: " + turn.toolResults()));
    prompt(session, "launch and wait");
    gate.awaitReached();
    await().atMost(PATIENCE).until(() -> waitsForOutput(session));

    get(sessions().abort(session)); // What Esc does.
    await().atMost(PATIENCE).until(() -> !get(sessions().statuses()).containsKey(session));
    gate.open();

    assertThat(answer(session, text -> text.contains("I have read")))
        .contains("The late answer is 9.");
    assertThat(told(session).stream().filter(text -> text.contains(ALL_ENDED))).hasSize(1);
  }

  private static boolean waitsForOutput(String session) {
    return get(sessions().messages(session, 5)).stream()
        .flatMap(message -> message.toolUses().stream())
        .anyMatch(
            use ->
                use.tool().endsWith("background_output") && use.state() == ToolUse.State.RUNNING);
  }

  @Test
  void another_session_of_the_project_sees_nothing_of_it_whatever_it_claims_to_be() {
    String owner = session();
    Gate gate = opencode.model().whenAsked("errand secret").hold("The secret ", "is 7.");
    opencode
        .model()
        .whenAsked("launch a secret")
        .reply(launch("secret"))
        .reply(turn -> Reply.text(last(turn.toolResults())));
    String task = ids(ask(owner, "launch a secret")).get(0);
    gate.awaitReached();
    String stranger = session();
    String claim = "\"_caller\":\"" + owner + "\"";

    assertThat(call(stranger, "background_list", "{" + claim + "}"))
        .isEqualTo("You have no background tasks.");
    String foreign =
        call(stranger, "background_output", "{\"task_id\":\"" + task + "\"," + claim + "}");
    String absent =
        call(stranger, "background_output", "{\"task_id\":\"bg_aaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
    assertThat(foreign.replace(task, "ID"))
        .isEqualTo(absent.replace("bg_aaaaaaaaaaaaaaaaaaaaaaaaaa", "ID"));
    assertThat(call(stranger, "background_cancel", "{\"task_id\":\"" + task + "\"," + claim + "}"))
        .doesNotContain("Stopped");

    gate.open();
    answer(owner, text -> text.contains("done"));
    assertThat(call(owner, "background_output", "{\"task_id\":\"" + task + "\"}"))
        .contains("The secret is 7.");
  }

  @Test
  void an_agent_cannot_allow_what_its_task_asks_and_when_a_person_has_the_task_goes_on() {
    String session = session();
    opencode
        .model()
        .whenAsked("errand with a shell")
        .reply(Reply.tool("bash", "{\"command\":\"echo done so\",\"description\":\"does it\"}"))
        .reply(turn -> Reply.text("The shell said " + last(turn.toolResults()).strip()));
    opencode
        .model()
        .whenAsked("launch the asker")
        .reply(
            Reply.tool(
                "sideline_background_task",
                task("with a shell").replace("\"worker\"", "\"asker\"")))
        .reply(Reply.text("It is launched."));
    opencode
        .model()
        .whenAsked("needs you")
        .reply(turn -> allow(turn.lastUser()))
        .reply(turn -> Reply.text("I was told: " + last(turn.toolResults())));
    readTheFirstWhenAllHaveEnded();

    assertThat(ask(session, "launch the asker")).isEqualTo("It is launched.");

    String told = answer(session, text -> text.contains("I was told: "));
    assertThat(told)
        .contains("not yours to give", "A person has to decide that, in OpenCode, in the task's");
    Matcher request = Pattern.compile("per_\\w+").matcher(told);
    assertThat(request.find()).as(told).isTrue();
    opencode.allow(request.group(), project);

    assertThat(answer(session, text -> text.contains("I have read")))
        .contains("The shell said done so");
  }

  @Test
  void a_task_cannot_launch_tasks_however_it_tries() {
    String session = session();
    opencode
        .model()
        .whenAsked("errand greedy")
        .reply(launch("of the greedy"))
        .reply(turn -> Reply.text("I was told: " + last(turn.toolResults())));
    opencode
        .model()
        .whenAsked("launch the greedy")
        .reply(launch("greedy"))
        .reply(Reply.text("It is launched."));
    readTheFirstWhenAllHaveEnded();

    ask(session, "launch the greedy");

    assertThat(answer(session, text -> text.contains("I have read"))).contains("I was told:");
    Session child = get(sessions().children(session)).get(0);
    assertThat(get(sessions().children(child.id()))).isEmpty();
    assertThat(opencode.model().turns(turn -> turn.lastUser().contains("errand greedy")))
        .isNotEmpty()
        .allMatch(turn -> !turn.toolNames().contains("sideline_background_task"));
  }

  private void readTheFirstWhenAllHaveEnded() {
    opencode
        .model()
        .whenAsked(ALL_ENDED)
        .reply(
            turn ->
                Reply.tool(
                    "sideline_background_output",
                    "{\"task_id\":\"" + ids(turn.lastUser()).get(0) + "\"}"))
        .reply(turn -> Reply.text("I have read: " + turn.toolResults()));
  }

  /** Allows what a notice says that a task asks. */
  private static Reply allow(String notice) {
    Matcher request = REQUEST_ID.matcher(notice);
    assertThat(request.find()).as(notice).isTrue();
    return Reply.tool(
        "sideline_background_send",
        "{\"request_id\":\"" + request.group(1) + "\",\"reply\":\"allow\"}");
  }

  /** Has a session's agent call a tool, and tells what the tool answered. */
  private static String call(String session, String tool, String arguments) {
    String request = "call number " + sessions().newMessageId();
    opencode
        .model()
        .whenAsked(request)
        .reply(Reply.tool("sideline_" + tool, arguments))
        .reply(turn -> Reply.text(last(turn.toolResults())));
    return ask(session, request);
  }

  private static Reply launch(String errand) {
    return Reply.tool("sideline_background_task", task(errand));
  }

  private static String task(String errand) {
    return "{\"agent\":\"worker\",\"description\":\"Errand "
        + errand
        + "\",\"prompt\":\"errand "
        + errand
        + "\"}";
  }

  private static Reply read(List<String> tasks) {
    return Reply.tool("sideline_background_output", "{\"task_id\":\"" + tasks.get(0) + "\"}")
        .thenTool("sideline_background_output", "{\"task_id\":\"" + tasks.get(1) + "\"}");
  }

  private static Reply cancel(List<String> tasks) {
    return Reply.tool("sideline_background_cancel", "{\"task_id\":\"" + tasks.get(0) + "\"}");
  }

  private static List<String> ids(String text) {
    return TASK_ID.matcher(text).results().map(found -> found.group()).distinct().toList();
  }

  private static String last(List<String> texts) {
    return texts.isEmpty() ? "nothing" : texts.get(texts.size() - 1);
  }

  private static boolean tellOfOne(List<String> told) {
    return told.stream().anyMatch(text -> text.contains("A background task of yours has ended"));
  }

  private static List<String> told(String session) {
    return get(sessions().messages(session, 50)).stream()
        .filter(message -> message.role() == Message.Role.USER)
        .map(Message::text)
        .toList();
  }

  private static String session() {
    return get(sessions().create(new NewSession(null, "test", project.toString(), Map.of()))).id();
  }

  /** Sets a session to work and tells the id of the message. */
  private static String prompt(String session, String text) {
    String id = sessions().newMessageId();
    get(
        sessions()
            .prompt(
                new Prompt(
                    session, id, text, RealOpenCode.WORKER, null, null, Set.of(), true, null)));
    return id;
  }

  private static String ask(String session, String text) {
    String id = prompt(session, text);
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(sessions().messages(session, 20)).stream()
                    .takeWhile(message -> !message.id().equals(id))
                    .filter(FullCircleIT::isAnswer)
                    .map(Message::text)
                    .findFirst()
                    .orElse(""),
            answer -> !answer.isEmpty());
  }

  /** The first answer of a session that is as wanted, whatever it was an answer to. */
  private static String answer(String session, Predicate<String> wanted) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(sessions().messages(session, 50)).stream()
                    .filter(FullCircleIT::isAnswer)
                    .map(Message::text)
                    .filter(wanted)
                    .findFirst()
                    .orElse(""),
            answer -> !answer.isEmpty());
  }

  private static boolean isAnswer(Message message) {
    return message.role() == Message.Role.ASSISTANT && "stop".equals(message.finish());
  }

  private static SessionClient sessions() {
    return runtime.sessions();
  }

  private static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
