package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sideline.api.EndReason;
import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Usage;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person asks of all tasks. */
class TasksOfAllTest {

  private static final Instant NOW = Instant.parse("2026-11-29T07:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Shelf shelf = new Shelf();

  @TempDir private Path folder;

  @Test
  void tasks_are_listed_newest_first_with_how_many_are_not() {
    shelf.add("bg_1", TaskStatus.COMPLETED, "Check the docs");
    shelf.add("bg_2", TaskStatus.FAILED, "Check the links");
    shelf.add("bg_3", TaskStatus.RUNNING, "Check\u001b[2J the code");

    assertThat(run("list", "--limit", "2")).isEqualTo(ExitCodes.FINE);
    assertThat(out().lines())
        .satisfiesExactly(
            heading -> assertThat(heading).startsWith("ID "),
            newest -> assertThat(newest).startsWith("bg_3 ").contains("running", "\\u001b[2J"),
            next -> assertThat(next).startsWith("bg_2 ").contains("failed", "Check the links"));
    assertThat(err()).contains("there are more than 2");

    assertThat(run("list", "--live")).isEqualTo(ExitCodes.FINE);
    assertThat(out().lines()).hasSize(2);
    assertThat(err()).isEmpty();
  }

  @Test
  void any_number_of_tasks_is_gone_through_page_by_page() throws Exception {
    for (int i = 0; i < 450; i++) {
      shelf.add("bg_" + i, TaskStatus.COMPLETED, "Task " + i);
    }
    assertThat(run("list", "--limit", "1000", "--json")).isEqualTo(ExitCodes.FINE);

    JsonNode tasks = JSON.readTree(out());
    assertThat(tasks).hasSize(450);
    assertThat(tasks.get(0).path("task_id").asText()).isEqualTo("bg_449");
    assertThat(tasks.get(0).path("status").asText()).isEqualTo("completed");
    assertThat(tasks.get(449).path("ended").asText()).isEqualTo(NOW.toString());
    assertThat(shelf.pages).isEqualTo(3);
  }

  @Test
  void a_task_is_shown_with_its_prompt_and_its_answer() throws Exception {
    shelf.add("bg_1", TaskStatus.COMPLETED, "Check the docs");

    assertThat(run("show", "bg_1")).isEqualTo(ExitCodes.FINE);
    assertThat(out())
        .contains("Check the docs", "completed", "Prompt:\nDo: Check the docs")
        .contains("Output, without the first 7 characters:\nDone: Check the docs");
    assertThat(run("show", "bg_1", "--json")).isEqualTo(ExitCodes.FINE);
    assertThat(JSON.readTree(out()).path("output").asText()).isEqualTo("Done: Check the docs");
    assertThat(run("show", "bg_2")).isEqualTo(ExitCodes.FAILED);
    assertThat(err()).contains("there is no task bg_2", "tasks list");
  }

  @Test
  void all_tasks_are_exported_as_lines_which_only_their_owner_can_read() throws Exception {
    shelf.add("bg_1", TaskStatus.COMPLETED, "Check the docs");
    shelf.add("bg_2", TaskStatus.RUNNING, "Check\nthe links");

    assertThat(run("export", "tasks.jsonl")).isEqualTo(ExitCodes.FINE);
    Path file = folder.resolve("tasks.jsonl");
    assertThat(Files.readAllLines(file))
        .satisfiesExactly(
            newest -> {
              assertThat(JSON.readTree(newest).path("description").asText())
                  .isEqualTo("Check\nthe links");
              assertThat(JSON.readTree(newest).path("output").isNull()).isTrue();
            },
            next ->
                assertThat(JSON.readTree(next).path("prompt").asText())
                    .isEqualTo("Do: Check the docs"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(run("export", "tasks.jsonl")).isEqualTo(ExitCodes.FAILED);
    assertThat(err()).contains("is there already");

    assertThat(run("export")).isEqualTo(ExitCodes.FINE);
    assertThat(out().lines()).hasSize(2);
  }

  @Test
  void old_tasks_are_forgotten_and_it_is_said_how_many() {
    shelf.add("bg_1", TaskStatus.COMPLETED, "Check the docs");

    assertThat(run("purge", "--older-than", "30d")).isEqualTo(ExitCodes.FINE);
    assertThat(out()).isEqualTo("1 task is forgotten" + System.lineSeparator());
    assertThat(Duration.between(shelf.purgedBefore, Instant.now()))
        .isBetween(Duration.ofDays(30), Duration.ofDays(30).plusMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "d", "-1d", "1w", "", "99999999d"})
  void an_age_that_is_none_forgets_nothing(String age) {
    assertThat(run("purge", "--older-than", age)).isEqualTo(ExitCodes.USAGE);
    assertThat(run("purge")).isEqualTo(ExitCodes.USAGE);
    assertThat(shelf.purgedBefore).isNull();
  }

  private int run(String... words) {
    out.reset();
    err.reset();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new Surroundings(folder, Map.of(), List.of(), false, null));
    String[] all = Stream.concat(Stream.of("tasks"), Arrays.stream(words)).toArray(String[]::new);
    return SidelineCommand.run(
        console,
        StandaloneHost.HOSTS,
        (options, work) -> work.accept(new AllTasks(List.of(shelf))),
        all);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Tasks that have been put there. */
  private static final class Shelf implements TaskOperator {

    private final List<TaskReport> reports = new ArrayList<>();
    private int pages;
    private Instant purgedBefore;

    void add(String id, TaskStatus status, String description) {
      boolean over = status.terminal();
      TaskSnapshot task =
          new TaskSnapshot(
              id,
              "parent",
              "parent",
              "child-" + id,
              "echo",
              null,
              description,
              status,
              over ? EndReason.OK : null,
              null,
              new TaskSnapshot.Times(NOW, NOW, over ? NOW : null, NOW, null),
              null,
              List.of(),
              2,
              null,
              Usage.NONE);
      reports.add(
          0,
          new TaskReport(
              task, "Do: " + description, over ? "Done: " + description : null, over ? 7 : 0));
    }

    @Override
    public CompletionStage<TaskPage> page(String after, int limit) {
      pages++;
      int from = after == null ? 0 : Integer.parseInt(after);
      int to = Math.min(reports.size(), from + limit);
      return CompletableFuture.completedStage(
          new TaskPage(
              reports.subList(from, to).stream().map(TaskReport::task).toList(),
              to < reports.size() ? String.valueOf(to) : null));
    }

    @Override
    public CompletionStage<Optional<TaskReport>> report(String id) {
      return CompletableFuture.completedStage(
          reports.stream().filter(report -> report.task().id().equals(id)).findFirst());
    }

    @Override
    public CompletionStage<Integer> purge(Instant endedBefore) {
      purgedBefore = endedBefore;
      int purged = 0;
      for (Iterator<TaskReport> all = reports.iterator(); all.hasNext(); ) {
        if (all.next().task().status().terminal()) {
          all.remove();
          purged++;
        }
      }
      return CompletableFuture.completedStage(purged);
    }

    @Override
    public CompletionStage<List<TaskSnapshot>> tasks() {
      throw new AssertionError("pages are asked for");
    }

    @Override
    public CompletionStage<Optional<TaskSnapshot>> task(String id) {
      throw new AssertionError("reports are asked for");
    }

    @Override
    public CompletionStage<Optional<TaskSnapshot>> cancel(String id, String reason) {
      throw new AssertionError("nothing is cancelled");
    }

    @Override
    public CompletionStage<Answered> answer(String requestId, Reply reply) {
      throw new AssertionError("nothing is answered");
    }
  }
}
