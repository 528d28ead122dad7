package dev.sideline.background.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The states as they are documented are the states as they are. */
class StatesDocTest {

  private static final Path README = Path.of("..", "README.md");
  private static final Path STATES = Path.of("..", "docs", "states.md");

  private static final Set<String> MCP =
      Set.of("working", "input_required", "completed", "failed", "cancelled");
  private static final Set<String> A2A =
      Set.of(
          "submitted",
          "working",
          "input-required",
          "auth-required",
          "completed",
          "failed",
          "canceled",
          "rejected");

  @Test
  void the_readme_shows_the_table_of_transitions() throws IOException {
    String readme = Files.readString(README);
    String begin = "<!-- states:begin -->\n";
    String shown =
        readme.substring(
            readme.indexOf(begin) + begin.length(), readme.indexOf("<!-- states:end -->"));

    assertThat(shown).isEqualTo(diagram());
  }

  @Test
  void every_state_is_explained_and_no_other() throws IOException {
    assertThat(table("state", "final", "meaning"))
        .extracting(row -> row.get(0) + " " + row.get(1))
        .containsExactlyElementsOf(
            states()
                .map(state -> code(state.wireName()) + " " + (state.terminal() ? "yes" : "no"))
                .toList());
  }

  @Test
  void every_reason_is_explained_with_its_state_and_no_other() throws IOException {
    assertThat(table("reason", "state", "meaning"))
        .extracting(row -> row.get(0) + " " + row.get(1))
        .containsExactlyElementsOf(
            reasons()
                .map(reason -> code(reason.wireName()) + " " + code(reason.status().wireName()))
                .toList());
  }

  @Test
  void every_state_and_reason_has_one_status_in_either_protocol() throws IOException {
    List<String> expected =
        Stream.concat(
                states().filter(state -> !state.terminal()).map(state -> code(state.wireName())),
                reasons()
                    .map(
                        reason -> code(reason.status().wireName()) + " " + code(reason.wireName())))
            .toList();

    List<List<String>> rows = table("state", "reason", "MCP", "A2A");

    assertThat(rows)
        .extracting(row -> (row.get(0) + " " + row.get(1)).strip())
        .containsExactlyElementsOf(expected);
    assertThat(rows).extracting(row -> bare(row.get(2))).isSubsetOf(MCP);
    assertThat(rows).extracting(row -> bare(row.get(3))).isSubsetOf(A2A);
  }

  @Test
  void only_final_states_have_a_final_status_in_either_protocol() throws IOException {
    Set<String> finalOnes = Set.of("completed", "failed", "cancelled", "canceled", "rejected");

    assertThat(table("state", "reason", "MCP", "A2A"))
        .allSatisfy(
            row -> {
              boolean ended = !row.get(1).isEmpty();
              assertThat(finalOnes.contains(bare(row.get(2)))).isEqualTo(ended);
              assertThat(finalOnes.contains(bare(row.get(3)))).isEqualTo(ended);
            });
  }

  @Test
  void the_way_back_names_all_their_statuses_and_agrees() throws IOException {
    Map<String, Set<String>> there =
        table("state", "reason", "MCP", "A2A").stream()
            .flatMap(
                row ->
                    Stream.of(
                        Map.entry("MCP " + bare(row.get(2)), bare(row.get(0))),
                        Map.entry("A2A " + bare(row.get(3)), bare(row.get(0)))))
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));

    List<List<String>> back = table("theirs", "of", "here");

    Set<String> theirs = new TreeSet<>();
    MCP.forEach(status -> theirs.add("MCP " + status));
    A2A.forEach(status -> theirs.add("A2A " + status));
    assertThat(back)
        .extracting(row -> row.get(1) + " " + bare(row.get(0)))
        .containsExactlyInAnyOrderElementsOf(theirs);
    for (List<String> row : back) {
      Set<String> named =
          states()
              .map(TaskStatus::wireName)
              .filter(name -> row.get(2).contains(code(name)))
              .collect(Collectors.toSet());
      Set<String> mapped = there.get(row.get(1) + " " + bare(row.get(0)));
      if (mapped != null) {
        assertThat(named).as(row.toString()).isEqualTo(mapped);
      }
    }
  }

  private static String diagram() {
    StringBuilder text = new StringBuilder("```mermaid\nstateDiagram-v2\n  [*] --> pending\n");
    for (TaskStatus from : TaskStatus.values()) {
      for (TaskStatus to : TaskStatus.values()) {
        if (from.canMoveTo(to)) {
          text.append("  ").append(from.wireName()).append(" --> ");
          text.append(to.wireName()).append('\n');
        }
      }
      if (from.terminal()) {
        text.append("  ").append(from.wireName()).append(" --> [*]\n");
      }
    }
    return text.append("```\n").toString();
  }

  /** The rows of the table with this head. */
  private static List<List<String>> table(String... head) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(STATES)) {
      if (!line.startsWith("|")) {
        inside = false;
        continue;
      }
      String[] parts = line.substring(1).split("\\|", -1);
      List<String> cells =
          Arrays.stream(parts).limit(parts.length - 1L).map(String::strip).toList();
      if (cells.equals(List.of(head))) {
        inside = true;
      } else if (inside && !line.startsWith("|---")) {
        rows.add(cells);
      }
    }
    assertThat(rows).as(String.join(", ", head)).isNotEmpty();
    return rows;
  }

  private static Stream<TaskStatus> states() {
    return Arrays.stream(TaskStatus.values());
  }

  private static Stream<Outcome.Reason> reasons() {
    return Arrays.stream(Outcome.Reason.values());
  }

  private static String code(String word) {
    return "`" + word + "`";
  }

  private static String bare(String cell) {
    return cell.replace("`", "");
  }
}
