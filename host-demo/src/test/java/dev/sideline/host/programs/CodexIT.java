package dev.sideline.host.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.model.Reply;
import dev.sideline.host.model.Turn;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our tools in Codex. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CodexIT extends ProgramContract {

  /** How often it is started to see whether the tools are there; some in every build. */
  private static final int STARTS = Integer.getInteger("sideline.codex.starts", 3);

  private static final String ENDED = "All of your background tasks have ended";

  @Override
  AgentProgram require() {
    return Codex.require();
  }

  @Test
  void the_tools_are_there_in_the_first_turn_of_every_start() throws IOException {
    for (int start = 1; start <= STARTS; start++) {
      String prompt = "start number " + start + " of " + STARTS;
      long begun = System.nanoTime();
      ProgramRun run = ProgramRun.of(program(), place(), prompt);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);

      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(place().model().turns(Turn.anyUserContains(prompt)))
          .as("turns of " + prompt)
          .singleElement()
          .satisfies(turn -> assertThat(turn.tool("background_task")).isPresent());
      System.out.println(prompt + ": the tools were there; " + millis + " ms in all");
    }
  }

  @Test
  void the_conversations_of_one_process_do_not_see_each_others_tasks() throws IOException {
    Circle owner =
        new Circle(program(), place().model(), "launch in the first")
            .after(0, "background_task", Circle.task("The secret", "slow", "for 600 seconds"))
            .after(1, "background_list", "{}")
            .after(2, turn -> Reply.text("Launched."));
    Circle stranger =
        new Circle(program(), place().model(), "look in the second")
            .after(0, "background_list", "{}")
            .after(1, turn -> foreign(turn, owner))
            .after(2, turn -> Reply.text("Looked."));

    try (CodexAppServer codex = CodexAppServer.start((Codex) program(), place())) {
      String first = codex.thread(place());
      String second = codex.thread(place());
      codex.turn(first, "Please launch in the first.");
      codex.turn(second, "Please look in the second.");
    }

    assertThat(owner.last().allToolResults().get(1)).contains("The secret");
    assertThat(stranger.last().allToolResults().get(0)).contains("You have no background tasks.");
    assertThat(stranger.last().allToolResults().get(1)).doesNotContain("The secret");
    ProgramRun.awaitNothingLeft(place());
  }

  @Test
  void an_idle_conversation_is_woken_when_its_tasks_have_ended() throws IOException {
    connectWithWaiting("--wake");
    Circle circle =
        new Circle(program(), place().model(), "launch and rest")
            .after(0, "background_task", WAIT)
            .after(1, turn -> Reply.text(isTold(turn) ? "I am awake." : "I rest."));

    try (CodexAppServer codex = CodexAppServer.start((Codex) program(), place())) {
      codex.turn(codex.thread(place()), "Please launch and rest.");
      giveSign();
      codex.awaitTurn();
    }

    assertThat(circle.last().userTexts()).filteredOn(text -> text.contains(ENDED)).hasSize(1);
    ProgramRun.awaitNothingLeft(place());
  }

  private static boolean isTold(Turn turn) {
    return turn.userTexts().stream().anyMatch(text -> text.contains(ENDED));
  }

  /** Asks for a task of another conversation, by its id and under its name. */
  private Reply foreign(Turn turn, Circle owner) {
    String task = Circle.launchedIn(owner.last().allToolResults().get(0));
    return program().call(turn, "background_output", "{\"task_id\": \"" + task + "\"}");
  }
}
