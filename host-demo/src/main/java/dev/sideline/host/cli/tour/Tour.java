package dev.sideline.host.cli.tour;

import dev.sideline.api.SessionClient;
import dev.sideline.api.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/**
 * Plays an agent that launches tasks, watches them, reads one's answer, cancels one and is told
 * when all have ended. Everything in it is real: the plugin from its jar, one process for each
 * task.
 */
public final class Tour {

  private static final Duration BEAT = Duration.ofMillis(120);
  // An act takes a few seconds; a machine that is busy with other things may need more.
  private static final Duration ACT_BOUND = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofSeconds(3); // Long enough to see them move.
  private static final int SHOWN_LINES = 16;

  /** Asks a question again and again until there is an answer; nothing if it takes too long. */
  public interface Patience {
    <T> Optional<T> until(Duration every, Duration atMost, Callable<Optional<T>> question);
  }

  private record Launch(String agent, String description, String prompt) {}

  // In the order in which they are launched; the last is the one that is cancelled.
  private static final List<Launch> LAUNCHES =
      List.of(
          new Launch("survey", "Count files, folders and lines", "."),
          new Launch("slow", "Work for six seconds", "6"),
          new Launch("echo", "Answer at once", "The quick brown fox jumps over the lazy dog."),
          new Launch("fail", "Run into an error", "Try, and fail."),
          new Launch("slow", "Work for a minute", "60"));

  private final Terminal terminal;
  private final Screen screen;
  private final Conversation agent;
  private final Patience patience;
  private final long startedNanos = System.nanoTime();

  public Tour(
      Terminal terminal,
      String sessionId,
      SessionClient sessions,
      List<Tool> tools,
      Patience patience) {
    this.terminal = terminal;
    this.screen = new Screen(terminal);
    this.agent = new Conversation(sessionId, sessions, tools);
    this.patience = patience;
  }

  /**
   * Plays it, up to where everything has ended.
   *
   * @throws TourFailedException if something is not as it should be
   */
  public void play() {
    String first = launchAll();
    String last = agent.tasks().get(LAUNCHES.size() - 1).id();
    act("They run side by side, each in a process of its own.");
    long lookedFrom = System.nanoTime();
    watchUntil(
        rows ->
            System.nanoTime() - lookedFrom > LOOK.toNanos()
                && rows.stream().filter(TaskRow::over).count() >= 3
                && row(rows, first).over());

    act("One has its answer. The agent reads it with background_output; reading consumes nothing.");
    quote(agent.call("background_output", Map.of("task_id", first)).text());

    act("One is not needed any more: background_cancel.");
    agent.call("background_cancel", Map.of("task_id", last, "reason", "not needed any more"));
    watchUntil(rows -> rows.stream().allMatch(TaskRow::over));

    act("All have ended, and the agent was told so in its own conversation. It never had to poll.");
    quote(
        patience
            .until(
                BEAT, ACT_BOUND, () -> agent.told().stream().filter(this::tellsOfAll).findFirst())
            .orElseThrow(() -> new TourFailedException("the notice did not arrive in time")));
  }

  /** Launches all, and tells the id of the first. */
  private String launchAll() {
    act("The agent launches five tasks. Each call returns at once, so it can go on with its work.");
    String first = "";
    for (Launch launch : LAUNCHES) {
      String id =
          agent
              .ask(
                  "background_task",
                  Map.of(
                      "agent", launch.agent(),
                      "description", launch.description(),
                      "prompt", launch.prompt()))
              .path("task_id")
              .asText();
      first = first.isEmpty() ? id : first;
      String line = "  background_task(" + launch.agent() + ", \"" + launch.description() + "\")";
      terminal.line(
          TaskTable.cut(line, terminal.width() - 1)
              + (line.length() + id.length() + 4 < terminal.width()
                  ? terminal.styled(Style.FAINT, "  " + id)
                  : ""));
    }
    return first;
  }

  private void watchUntil(Predicate<List<TaskRow>> enough) {
    Optional<List<TaskRow>> reached =
        patience.until(
            BEAT,
            ACT_BOUND,
            () -> {
              List<TaskRow> rows = agent.tasks();
              screen.show(rows);
              return enough.test(rows) ? Optional.of(rows) : Optional.empty();
            });
    if (reached.isEmpty()) {
      throw new TourFailedException("the tasks did not get on in time");
    }
    screen.keep();
  }

  private static TaskRow row(List<TaskRow> rows, String id) {
    return rows.stream()
        .filter(row -> row.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new TourFailedException("task " + id + " is not listed"));
  }

  private boolean tellsOfAll(String message) {
    return agent.tasks().stream()
        .filter(row -> !row.status().equals("cancelled"))
        .allMatch(row -> message.contains(row.id()));
  }

  private void act(String title) {
    String time =
        String.format(Locale.ROOT, "%4.1f s", (System.nanoTime() - startedNanos) / 1_000_000_000.0);
    terminal.line("");
    terminal.line(terminal.styled(Style.FAINT, time) + "  " + terminal.styled(Style.STRONG, title));
  }

  private void quote(String text) {
    List<String> lines =
        text.lines().flatMap(line -> wrapped(line, terminal.width() - 5).stream()).toList();
    for (String line : lines.subList(0, Math.min(SHOWN_LINES, lines.size()))) {
      terminal.line(terminal.styled(Style.FAINT, "  | ") + line);
    }
    if (lines.size() > SHOWN_LINES) {
      terminal.line(terminal.styled(Style.FAINT, "  | and so on"));
    }
  }

  /** A line as several, broken between words where that is possible. */
  static List<String> wrapped(String line, int width) {
    List<String> parts = new ArrayList<>();
    String rest = line;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space > width / 2 ? space : width;
      parts.add(rest.substring(0, end));
      rest = "  " + rest.substring(end).stripLeading();
    }
    parts.add(rest);
    return parts;
  }
}
