package dev.sideline.host.cli.tour;

import dev.sideline.api.SessionClient;
import dev.sideline.api.Tool;
import dev.sideline.host.text.Characters;
import dev.sideline.host.text.Harmless;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Plays an agent that launches tasks, watches them, reads one's answer, cancels one and is told
 * when all have ended. Everything in it is real: the plugin from its jar, one process for each
 * task.
 */
public final class Tour {

  private static final int SHOWN_LINES = 16;

  /** Asks a question again and again until there is an answer; nothing if it takes too long. */
  public interface Patience {
    <T> Optional<T> until(Duration every, Duration atMost, Callable<Optional<T>> question);
  }

  /**
   * How long things take at least, and may take at most.
   *
   * @param beat between two looks at the tasks
   * @param look how long they are watched before anything is done
   * @param call for the answer to one call
   * @param act for what an act waits for
   */
  record Pace(Duration beat, Duration look, Duration call, Duration act) {

    // Long enough to see tasks move. An act takes seconds, but the survey of a large folder up to a
    // minute, and all of it longer on a machine that is busy with other things.
    static final Pace STANDARD =
        new Pace(
            Duration.ofMillis(120),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2));
  }

  private record Launch(String agent, String description, String prompt) {}

  /** A launch and the id that it returned. */
  private record Launched(Launch launch, String id) {}

  private static final Launch SURVEY = new Launch("survey", "Count files, folders and lines", ".");
  private static final Launch ECHO =
      new Launch("echo", "Answer at once", "The quick brown fox jumps over the lazy dog.");
  private static final Launch FAIL = new Launch("fail", "Run into an error", "Try, and fail.");
  private static final Launch NOT_NEEDED = new Launch("slow", "Work for a minute", "60");

  private static final List<Launch> LAUNCHES =
      List.of(SURVEY, new Launch("slow", "Work for six seconds", "6"), ECHO, FAIL, NOT_NEEDED);

  private final Terminal terminal;
  private final Screen screen;
  private final Conversation agent;
  private final Patience patience;
  private final Pace pace;
  private final long startedNanos = System.nanoTime();

  public Tour(
      Terminal terminal,
      String sessionId,
      SessionClient sessions,
      List<Tool> tools,
      Patience patience) {
    this(terminal, sessionId, sessions, tools, patience, Pace.STANDARD);
  }

  Tour(
      Terminal terminal,
      String sessionId,
      SessionClient sessions,
      List<Tool> tools,
      Patience patience,
      Pace pace) {
    this.terminal = terminal;
    this.screen = new Screen(terminal);
    this.agent = new Conversation(sessionId, sessions, tools, pace.call());
    this.patience = patience;
    this.pace = pace;
  }

  /**
   * Plays it, up to where everything has ended.
   *
   * @throws TourFailedException if something is not as it should be
   */
  public void play() {
    List<Launched> tasks = launchAll();
    act("They run side by side, each in a process of its own.");
    long lookedFrom = System.nanoTime();
    List<String> quick = List.of(id(tasks, SURVEY), id(tasks, ECHO), id(tasks, FAIL));
    watchUntil(
        tasks,
        rows ->
            System.nanoTime() - lookedFrom > pace.look().toNanos()
                && rows.stream().filter(row -> quick.contains(row.id())).allMatch(TaskRow::over));

    act("One has its answer. The agent reads it with background_output; reading consumes nothing.");
    quote(agent.call("background_output", Map.of("task_id", id(tasks, SURVEY))).text());

    act("One is not needed any more: background_cancel.");
    agent.call(
        "background_cancel",
        Map.of("task_id", id(tasks, NOT_NEEDED), "reason", "not needed any more"));
    watchUntil(tasks, rows -> rows.stream().allMatch(TaskRow::over));

    act("All have ended, and the agent was told so in its own conversation. It never had to poll.");
    quote(
        patience
            .until(
                pace.beat(),
                pace.act(),
                () -> agent.told().stream().filter(text -> tellsOfAll(text, tasks)).findFirst())
            .orElseThrow(() -> tooLong("the notice of their end did not arrive", pace.act())));
  }

  /** Launches all, in their order. */
  private List<Launched> launchAll() {
    act("The agent launches five tasks. Each call returns at once, so it can go on with its work.");
    List<Launched> tasks = new ArrayList<>();
    for (Launch launch : LAUNCHES) {
      String id = launch(launch);
      tasks.add(new Launched(launch, id));
      String line = "  background_task(" + launch.agent() + ", \"" + launch.description() + "\")";
      terminal.line(
          TaskTable.cut(line, terminal.width() - 1)
              + (line.length() + id.length() + 4 < terminal.width()
                  ? terminal.styled(Style.FAINT, "  " + id)
                  : ""));
    }
    return tasks;
  }

  private String launch(Launch launch) {
    Map<String, String> arguments =
        Map.of(
            "agent", launch.agent(),
            "description", launch.description(),
            "prompt", launch.prompt());
    String id = Harmless.line(agent.ask("background_task", arguments).path("task_id").asText());
    if (id.isEmpty()) {
      throw new TourFailedException(
          "background_task told no id for \"" + launch.description() + '"');
    }
    return id;
  }

  private static String id(List<Launched> tasks, Launch launch) {
    return tasks.stream()
        .filter(task -> task.launch().equals(launch))
        .map(Launched::id)
        .findFirst()
        .orElseThrow();
  }

  private void watchUntil(List<Launched> tasks, Predicate<List<TaskRow>> enough) {
    Optional<List<TaskRow>> reached =
        patience.until(
            pace.beat(),
            pace.act(),
            () -> {
              List<TaskRow> rows = rows(tasks);
              screen.show(rows);
              return enough.test(rows) ? Optional.of(rows) : Optional.empty();
            });
    if (reached.isEmpty()) {
      throw tooLong("the tasks did not get on", pace.act());
    }
    screen.keep();
  }

  /** What is listed of these tasks, in the order of the launches, whatever that of the list is. */
  private List<TaskRow> rows(List<Launched> tasks) {
    Map<String, TaskRow> listed =
        agent.tasks().stream().collect(Collectors.toMap(TaskRow::id, row -> row));
    return tasks.stream()
        .map(
            task ->
                Optional.ofNullable(listed.get(task.id()))
                    .orElseThrow(
                        () -> new TourFailedException("task " + task.id() + " is not listed")))
        .toList();
  }

  /** Whether it names all but the one that the agent has itself cancelled. */
  private static boolean tellsOfAll(String message, List<Launched> tasks) {
    return tasks.stream()
        .filter(task -> !task.launch().equals(NOT_NEEDED))
        .allMatch(task -> message.contains(task.id()));
  }

  private static TourFailedException tooLong(String what, Duration bound) {
    return new TourFailedException(what + " within " + bound.toSeconds() + " s");
  }

  private void act(String title) {
    String time =
        String.format(Locale.ROOT, "%4.1f s", (System.nanoTime() - startedNanos) / 1_000_000_000.0);
    terminal.line("");
    terminal.line(terminal.styled(Style.FAINT, time) + "  " + terminal.styled(Style.STRONG, title));
  }

  private void quote(String text) {
    List<String> lines =
        Harmless.text(text)
            .lines()
            .flatMap(line -> wrapped(line, terminal.width() - 5).stream())
            .toList();
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
      String part = Characters.start(rest, space > width / 2 ? space : width);
      int end = part.length();
      parts.add(part);
      rest = "  " + rest.substring(end).stripLeading();
    }
    parts.add(rest);
    return parts;
  }
}
