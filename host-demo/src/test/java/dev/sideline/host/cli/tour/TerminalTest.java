package dev.sideline.host.cli.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

  @Test
  void colours_and_redrawing_are_for_terminals() {
    assertThat(terminal(true, Map.of("COLUMNS", "100")).colours()).isTrue();
    assertThat(terminal(true, Map.of("COLUMNS", "100")).live()).isTrue();
    assertThat(terminal(false, Map.of()).colours()).isFalse();
    assertThat(terminal(false, Map.of()).live()).isFalse();
  }

  @Test
  void who_wants_no_colours_gets_none_but_still_sees_things_move() {
    Terminal terminal = terminal(true, Map.of("COLUMNS", "100", "NO_COLOR", "1"));

    assertThat(terminal.live()).isTrue();
    assertThat(terminal.styled(Style.GOOD, "x")).isEqualTo("x");
  }

  @Test
  void a_dumb_terminal_is_treated_like_a_file() {
    assertThat(terminal(true, Map.of("TERM", "dumb")).live()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 60, 80, 100, 200})
  void no_line_of_the_table_is_wider_than_the_terminal(int width) {
    Terminal terminal = terminal(false, Map.of("COLUMNS", Integer.toString(width)));
    TaskRow row =
        new TaskRow("bg_1", "d".repeat(200), "agent-name", "input_required", "", 1, 12, "tool");

    assertThat(new TaskTable(terminal).lines(List.of(row)).get(0).length())
        .isLessThan(terminal.width());
  }

  @Test
  void where_nothing_can_be_redrawn_a_line_is_written_when_a_task_moves_on() {
    Screen screen = new Screen(terminal(false, Map.of()));

    screen.show(List.of(row("running", 1)));
    screen.show(List.of(row("running", 2)));
    screen.show(List.of(row("completed", 3)));

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("completed");
  }

  @Test
  void on_a_terminal_the_table_is_drawn_over_itself() {
    Screen screen = new Screen(terminal(true, Map.of("COLUMNS", "80", "NO_COLOR", "1")));

    screen.show(List.of(row("running", 1)));
    screen.show(List.of(row("completed", 2)));
    screen.keep();
    screen.show(List.of(row("completed", 2)));

    assertThat(lines()).hasSize(3);
    assertThat(lines().get(0)).startsWith("  running");
    assertThat(lines().get(1)).startsWith("\u001b[1A\u001b[2K  completed");
    assertThat(lines().get(2)).startsWith("  completed");
  }

  @Test
  void long_lines_are_broken_between_words() {
    assertThat(Tour.wrapped("one two three four", 9))
        .containsExactly("one two", "  three", "  four");
    assertThat(Tour.wrapped("x".repeat(20), 9)).allMatch(part -> part.length() <= 9);
    assertThat(Tour.wrapped("", 9)).containsExactly("");
  }

  private static TaskRow row(String status, long elapsed) {
    return new TaskRow("bg_1", "Do it", "echo", status, "", elapsed, 0, "");
  }

  private Terminal terminal(boolean terminal, Map<String, String> environment) {
    return Terminal.of(out, terminal, environment);
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
