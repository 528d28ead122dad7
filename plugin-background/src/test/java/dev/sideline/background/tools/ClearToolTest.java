package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ToolResult;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.SampleTasks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClearToolTest {

  private static final String TOOL = "background_clear";
  private static final String NOTICES = "{'what':'notices'}";

  private final ToolBench bench = new ToolBench(Map.of());

  @AfterEach
  void dispose() {
    bench.close();
  }

  @Test
  void tasks_are_cleared_unless_notices_are_named() {
    assertThat(bench.input(TOOL, "{}")).isEqualTo(new Input.ClearCompleted(7, "me"));
    assertThat(bench.input(TOOL, "{'what':'tasks'}")).isEqualTo(new Input.ClearCompleted(7, "me"));
    assertThat(bench.input(TOOL, NOTICES)).isEqualTo(new Input.ClearNotices(7, "me", List.of()));
    assertThat(bench.input(TOOL, "{'what':'notices','task_id':'bg_1'}"))
        .isEqualTo(new Input.ClearNotices(7, "me", List.of("bg_1")));
    assertThat(bench.input(TOOL, "{'what':'notices','task_ids':['bg_1','bg_2']}"))
        .isEqualTo(new Input.ClearNotices(7, "me", List.of("bg_1", "bg_2")));
  }

  @Test
  void the_tasks_that_will_not_be_told_of_are_named() {
    ToolResult told =
        bench.told(
            TOOL,
            NOTICES,
            new Answer.NoticesCleared(List.of(View.of(SampleTasks.completed("bg_1", 5, "x")))));

    assertThat(told.text())
        .isEqualTo(
            """
            You will not be told any more of:
            bg_1  completed  5 ms  worker  "count the files"
            They stay readable with background_output.\
            """);
    assertThat(ToolBench.json(told.structured()).at("/tasks/0/task_id").asText()).isEqualTo("bg_1");
    assertThat(bench.told(TOOL, NOTICES, new Answer.NoticesCleared(List.of())).text())
        .startsWith("There is nothing that you were still to be told");
  }
}
