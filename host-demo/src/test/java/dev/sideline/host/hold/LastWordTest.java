package dev.sideline.host.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LastWordTest {

  private static final String SESSION = "ses_1";

  private final List<TaskSnapshot> tasks = new ArrayList<>();
  private final List<String> listed = new ArrayList<>();
  private String structured = "{\"tasks\":[]}";
  private final Tool list =
      tool(
          LastWord.LIST,
          call -> {
            listed.add(call.sessionId());
            return ToolResult.of("THE LIST", structured);
          });
  private final LastWord lastWord =
      new LastWord(list, () -> CompletableFuture.completedStage(List.copyOf(tasks)));

  @Test
  void a_conversation_without_tasks_may_end() {
    assertThat(beforeTheEnd()).isEqualTo(Verdict.FREE);
  }

  @Test
  void one_whose_tasks_are_at_work_is_to_stay_and_told_what_it_can_do() {
    tasks.add(task(SESSION, TaskStatus.RUNNING));
    tasks.add(task(SESSION, TaskStatus.PENDING));

    Verdict verdict = beforeTheEnd();

    assertThat(verdict.stays()).isTrue();
    assertThat(verdict.words())
        .contains("THE LIST", "2 of your background tasks are still at work")
        .contains("background_output", "background_cancel", "you may as well end your turn again")
        .doesNotContain("background_send");
  }

  @Test
  void one_whose_task_asks_something_is_told_how_to_answer() {
    tasks.add(task(SESSION, TaskStatus.INPUT_REQUIRED));

    assertThat(beforeTheEnd().words())
        .contains("1 of your background tasks is still at work", "background_send");
  }

  @Test
  void tasks_of_others_and_those_that_have_ended_hold_nobody() {
    tasks.add(task("ses_2", TaskStatus.RUNNING));
    tasks.add(task(SESSION, TaskStatus.COMPLETED));
    structured = "{\"tasks\":[{\"status\":\"completed\"}]}";

    assertThat(beforeTheEnd()).isEqualTo(Verdict.FREE);
  }

  @Test
  void one_that_was_not_told_of_an_end_is_told() {
    structured = "{\"news\":\"one has ended\",\"tasks\":[{\"status\":\"completed\"}]}";

    Verdict verdict = beforeTheEnd();

    assertThat(verdict.stays()).isTrue();
    assertThat(verdict.words()).contains("THE LIST", "had not been told").doesNotContain("at work");
  }

  @Test
  void whoever_insists_may_end_and_a_person_is_told_what_is_left() {
    tasks.add(task(SESSION, TaskStatus.RUNNING));
    beforeTheEnd();
    listed.clear();

    Verdict second = beforeTheEnd();

    assertThat(second.stays()).isFalse();
    assertThat(second.words()).contains("1 background task is still at work");
    // What it is owed is not used up by an answer that nobody reads.
    assertThat(listed).isEmpty();
  }

  @Test
  void whoever_has_called_a_tool_in_between_does_not_insist() {
    tasks.add(task(SESSION, TaskStatus.RUNNING));
    beforeTheEnd();

    Tool seen = lastWord.seen(tool("background_output", call -> ToolResult.of("still", null)));
    seen.call(ToolCall.of(SESSION, "{}"));

    assertThat(beforeTheEnd().stays()).isTrue();
    assertThat(beforeTheEnd().stays()).isFalse();
  }

  @Test
  void what_another_conversation_does_changes_nothing() {
    tasks.add(task(SESSION, TaskStatus.RUNNING));
    beforeTheEnd();

    lastWord.seen(list).call(ToolCall.of("ses_2", "{}"));

    assertThat(beforeTheEnd().stays()).isFalse();
  }

  @Test
  void a_turn_later_it_is_asked_anew() {
    tasks.add(task(SESSION, TaskStatus.RUNNING));
    beforeTheEnd();
    beforeTheEnd();

    assertThat(beforeTheEnd().stays()).isTrue();
  }

  @Test
  void what_goes_wrong_keeps_nobody_from_ending() {
    LastWord broken =
        new LastWord(
            list, () -> CompletableFuture.failedStage(new IllegalStateException("disposed")));

    assertThat(broken.beforeTheEnd(SESSION).toCompletableFuture().join()).isEqualTo(Verdict.FREE);
  }

  @Test
  void each_program_is_told_in_its_own_words() {
    Verdict stays = new Verdict(true, "wait \"here\"");
    Verdict leaves = new Verdict(false, "2 are left");

    assertThat(HookAnswer.CLAUDE.of(stays))
        .isEqualTo("{\"decision\":\"block\",\"reason\":\"wait \\\"here\\\"\"}")
        .isEqualTo(HookAnswer.CODEX.of(stays))
        .isEqualTo(HookAnswer.QWEN.of(stays));
    assertThat(HookAnswer.GEMINI.of(stays)).startsWith("{\"decision\":\"deny\"");
    assertThat(HookAnswer.CODEX.of(leaves)).isEqualTo("{\"systemMessage\":\"2 are left\"}");
    assertThat(HookAnswer.CODEX.of(Verdict.FREE)).isEqualTo("{}");
  }

  private Verdict beforeTheEnd() {
    return lastWord.beforeTheEnd(SESSION).toCompletableFuture().join();
  }

  private interface Answers {
    ToolResult to(ToolCall call);
  }

  private static Tool tool(String name, Answers answers) {
    return new Tool() {
      @Override
      public ToolSpec spec() {
        return ToolSpec.of(name, "for tests", "{\"type\":\"object\"}");
      }

      @Override
      public CompletionStage<ToolResult> call(ToolCall call) {
        return CompletableFuture.completedStage(answers.to(call));
      }
    };
  }

  private static TaskSnapshot task(String parent, TaskStatus status) {
    Instant now = Instant.EPOCH;
    return new TaskSnapshot(
        "bg_1",
        parent,
        parent,
        null,
        "slow",
        null,
        "work",
        status,
        null,
        null,
        new TaskSnapshot.Times(now, null, null, now, null),
        null,
        List.of(),
        0,
        null,
        Usage.NONE);
  }
}
