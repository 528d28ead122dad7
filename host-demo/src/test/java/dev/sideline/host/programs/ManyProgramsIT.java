package dev.sideline.host.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.host.cli.HostJar;
import dev.sideline.host.cli.OwnerProcesses;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.model.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Codex, which can go on with a conversation, and programs that cannot, at the same time, with one
 * owner of the data folder.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ManyProgramsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path root;
  private Path data;
  private Codex codex;
  private Workplace codexPlace;
  private AgentProgram other;
  private Workplace otherPlace;
  private ScriptedModelServer codexModel;
  private ScriptedModelServer otherModel;

  @BeforeEach
  void connectCodex() throws IOException {
    codex = Codex.require();
    data = HostJar.usedData(root.resolve("data"));
    Files.writeString(
        root.resolve("one.json"), "{\"settings\":{\"sideline-background\":{\"max_running\":1}}}");
    codexModel = new ScriptedModelServer();
    codexPlace = connected(codex, codexModel);
    otherModel = new ScriptedModelServer();
  }

  private Workplace connected(AgentProgram program, ScriptedModelServer model) throws IOException {
    Path own = Files.createDirectory(root.resolve(program.name()));
    Workplace place = Workplace.in(own, data, model);
    program.setUp(place);
    HostJar.Outcome connected =
        HostJar.runOwned(
            root,
            "connect",
            program.name(),
            place.project().toString(),
            "--data=" + data,
            "--config=" + root.resolve("one.json"));
    assertThat(connected.exitCode()).as(connected.err()).isZero();
    program.afterConnect(place);
    return place;
  }

  @AfterEach
  void endAll() throws IOException {
    codexModel.close();
    otherModel.close();
    OwnerProcesses.end(data);
    ProgramRun.awaitNothingLeft(codexPlace);
  }

  @Test
  void codex_is_killed_and_goes_on_while_gemini_waits_for_its_turn() throws Exception {
    goOnBeside(GeminiCli.require());
  }

  @Test
  @Tag("nightly")
  void codex_is_killed_and_goes_on_while_qwen_waits_for_its_turn() throws Exception {
    goOnBeside(QwenCode.require());
  }

  private void goOnBeside(AgentProgram program) throws Exception {
    other = program;
    otherPlace = connected(other, otherModel);

    // Codex has the only slot, and is killed.
    Circle first =
        new Circle(codex, codexModel, "launch and go")
            .after(0, "background_task", Circle.task("Be long", "slow", "for 600 seconds"))
            .after(1, "background_task", Circle.task("Be next", "echo", "the next word"))
            .after(2, turn -> Reply.hanging());
    Process killed = ProgramRun.start(codex.command("Please launch and go."), codex, codexPlace);
    awaitResults(codexModel, first, 2);
    ProgramRun.end(killed);

    // The other one has a queue with it, and no view of its tasks.
    Circle beside =
        new Circle(other, otherModel, "launch beside")
            .after(0, "background_task", Circle.task("Say it", "echo", "said and done"))
            .after(1, "background_list", "{}")
            .after(2, turn -> other.call(turn, "background_output", "{\"wait\": \"all\"}"))
            .after(3, turn -> Reply.text("I have it."));
    Process waiting = ProgramRun.start(other.command("Please launch beside."), other, otherPlace);
    try {
      awaitResults(otherModel, beside, 2);
      assertThat(beside.last().allToolResults().get(1))
          .contains("Say it", "pending")
          .doesNotContain("Be long", "Be next");

      // Resumed, Codex finds its tasks and stops one; then it is everybody's turn.
      Circle again =
          new Circle(codex, codexModel, "what has become of it")
              .after(2, "background_list", "{}")
              .after(3, turn -> cancelFirst(turn))
              .after(4, turn -> codex.call(turn, "background_output", "{\"wait\": \"all\"}"))
              .after(5, turn -> Reply.text("I know now."));
      ProgramRun run =
          ProgramRun.withOwner(codex.resume("So what has become of it?"), codex, codexPlace);
      assertThat(run.out()).as(run.toString()).contains("I know now.");
      List<String> seen = again.last().allToolResults();
      assertThat(seen.get(2)).contains("Be long", "running", "Be next").doesNotContain("Say it");
      assertThat(seen.get(4)).contains("the next word");

      awaitResults(otherModel, beside, 3);
      assertThat(beside.last().allToolResults().get(2)).contains("said and done");
      assertThat(waiting.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      assertThat(waiting.exitValue()).isZero();
    } finally {
      ProgramRun.end(waiting);
    }
  }

  private static void awaitResults(ScriptedModelServer model, Circle circle, int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                model.turns(circle.turns()).stream()
                    .anyMatch(turn -> turn.allToolResults().size() == count));
  }

  private Reply cancelFirst(Turn turn) {
    String first = Circle.launchedIn(turn.allToolResults().get(0));
    return codex.call(turn, "background_cancel", "{\"task_id\": \"" + first + "\"}");
  }
}
