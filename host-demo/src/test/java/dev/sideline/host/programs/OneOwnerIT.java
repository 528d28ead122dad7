package dev.sideline.host.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionClient;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.cli.HostJar;
import dev.sideline.host.cli.OwnerProcesses;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two real programs of one user, whose tool servers one owner of the data folder carries out. */
@LeakCheck.OncePerClass // Connections to the server and its model are kept for the next test.
class OneOwnerIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ALL_ENDED = "All of your background tasks have ended";

  @TempDir private Path root;
  private final ScriptedModelServer model = new ScriptedModelServer();
  private Path data;
  private Workplace place;
  private ClaudeCode claude;
  private OpenCodeRuntime runtime;
  private Path project;

  @BeforeEach
  void connectBoth() throws IOException {
    claude = ClaudeCode.require();
    data = HostJar.usedData(root.resolve("data"));
    place = Workplace.in(root, data, model);
    claude.setUp(place);
    Path settings =
        Files.writeString(
            root.resolve("one.json"),
            "{\"settings\":{\"sideline-background\":{\"max_running\":1}}}");
    connect(settings, "claude", place.project());
    runtime = OpenCodeRuntime.connect(opencode.options());
    project = opencode.newProject("owned");
    connect(settings, "opencode", project);
    opencode.open(project);
  }

  private void connect(Path settings, String program, Path folder) throws IOException {
    HostJar.Outcome connected =
        HostJar.runOwned(
            root, "connect", program, folder.toString(), "--data=" + data, "--config=" + settings);
    assertThat(connected.exitCode()).as(connected.err()).isZero();
  }

  @AfterEach
  void endAll() throws IOException {
    opencode.model().reset();
    runtime.close();
    model.close();
    OwnerProcesses.end(data);
  }

  @Test
  void both_have_one_queue_and_trees_of_their_own_and_one_that_was_killed_finds_its_tasks()
      throws Exception {
    // OpenCode has the only slot.
    String session = get(runtime.sessions().create(newSession())).id();
    Gate gate = opencode.model().whenAsked("errand one").hold("The answer ", "is 41.");
    opencode
        .model()
        .whenAsked("launch one")
        .reply(
            Reply.tool(
                "sideline_background_task",
                "{\"description\":\"Do one\",\"prompt\":\"errand one\",\"agent\":\"worker\"}"))
        .reply(Reply.text("It is launched."));
    opencode.model().whenAsked(ALL_ENDED).reply(Reply.text("I have been woken."));
    prompt(session, "launch one");
    gate.awaitReached();

    // Claude Code launches, sees its own task wait, and is killed.
    String id = UUID.randomUUID().toString();
    Circle first =
        new Circle(claude, model, "launch and go")
            .after(0, "background_task", Circle.task("Say it", "echo", "said and done"))
            .after(1, "background_list", "{}")
            .after(2, turn -> Reply.hanging());
    Process killed =
        ProgramRun.start(
            List.of(claude.binary().toString(), "-p", "--session-id", id, "Please launch and go."),
            claude,
            place);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                model.turns(first.turns()).stream()
                    .anyMatch(turn -> turn.allToolResults().size() == 2));
    ProgramRun.end(killed);
    assertThat(first.last().allToolResults().get(1))
        .contains("Say it", "pending")
        .doesNotContain("Do one");
    assertThat(get(runtime.sessions().children(session))).hasSize(1);

    // The slot goes from one to the other, and OpenCode's agent is woken.
    gate.open();
    await().atMost(PATIENCE).until(() -> answers(session).contains("I have been woken."));
    await()
        .atMost(PATIENCE)
        .until(() -> OwnerProcesses.status(data).contains("0 at work, 0 waiting"));

    // Resumed, its conversation is told.
    Circle again =
        new Circle(claude, model, "what has become of it")
            .after(2, "background_list", "{}")
            .after(3, turn -> Reply.text("I know now."));
    ProgramRun run =
        ProgramRun.withOwner(
            List.of(claude.binary().toString(), "-p", "--resume", id, "So what has become of it?"),
            claude,
            place);
    assertThat(run.out()).as(run.toString()).contains("I know now.");
    List<String> results = again.last().allToolResults();
    assertThat(results.get(results.size() - 1))
        .contains("[Background tasks]", "\"Say it\" (echo): completed")
        .doesNotContain("Do one");
  }

  private NewSession newSession() {
    return new NewSession(null, "owned", project.toString(), Map.of());
  }

  private void prompt(String session, String text) {
    SessionClient sessions = runtime.sessions();
    get(
        sessions.prompt(
            new Prompt(
                session,
                sessions.newMessageId(),
                text,
                RealOpenCode.WORKER,
                null,
                null,
                Set.of(),
                true,
                null)));
  }

  private List<String> answers(String session) {
    return get(runtime.sessions().messages(session, 50)).stream()
        .filter(message -> message.role() == Message.Role.ASSISTANT)
        .map(Message::text)
        .toList();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
