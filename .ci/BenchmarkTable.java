import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prints the results of JMH, given as its JSON files, beside what they should be. */
final class BenchmarkTable {

  /**
   * A line of the table.
   *
   * @param benchmark how the benchmark's name ends
   * @param parameter a parameter's value; empty for any
   * @param metric empty for the time
   * @param aim in the unit of the table; 0 for none
   * @param larger whether larger is better
   * @param figure makes the table's unit of JMH's
   */
  private record Line(
      String what,
      String benchmark,
      String parameter,
      String metric,
      String unit,
      double aim,
      boolean larger,
      DoubleUnaryOperator figure) {

    static Line atMost(String what, String benchmark, String parameter, String unit, double aim) {
      return new Line(what, benchmark, parameter, "", unit, aim, false, figure -> figure);
    }

    static Line heap(String what, String parameter, double aim) {
      return new Line(
          what, "Heap.live", parameter, "bytesPerTask", "B", aim, false, figure -> figure);
    }

    static Line perSecond(String what, String benchmark, double aim) {
      return new Line(what, benchmark, "", "", "/s", aim, true, micros -> 1e6 / micros);
    }

    String target() {
      return aim == 0 ? "" : (larger ? "≥ " : "≤ ") + number(aim) + " " + unit;
    }
  }

  private static final List<Line> LINES =
      List.of(
          Line.atMost(
              "event of a tracked session, 10 live tasks", "Routing.tracked", "10", "µs", 0.3),
          Line.atMost("… 1,000 live tasks", "Routing.tracked", "1000", "µs", 0.3),
          Line.atMost("… 10,000 live tasks", "Routing.tracked", "10000", "µs", 0.3),
          Line.atMost(
              "… 1,000 live tasks that are recorded in SQLite", "RecordedEvent.tracked", "", "µs", 0.3),
          Line.atMost(
              "event of an untracked session, 10 live tasks", "Routing.untracked", "10", "µs", 0.3),
          Line.atMost("… 1,000 live tasks", "Routing.untracked", "1000", "µs", 0.3),
          Line.atMost("… 10,000 live tasks", "Routing.untracked", "10000", "µs", 0.3),
          Line.atMost(
              "bytes to routed, untracked, a part of 400 bytes",
              "Bytes.fromBytes",
              "message.part.updated",
              "µs",
              1),
          Line.atMost(
              "bytes to routed, untracked, a message of 400 bytes",
              "Bytes.fromBytes",
              "message.updated",
              "µs",
              1),
          Line.atMost(
              "… the decoder alone, a part", "Bytes.fromText", "message.part.updated", "µs", 0),
          Line.atMost(
              "… the decoder alone, a message", "Bytes.fromText", "message.updated", "µs", 0),
          Line.perSecond(
              "launches, until the callers have their ids", "Launch.untilAnswered", 400_000),
          Line.perSecond("launches, until the tasks run", "Launch.untilRunning", 0),
          Line.perSecond(
              "launches that are recorded in SQLite first, one caller",
              "DurableLaunch.oneCaller",
              2_000),
          Line.perSecond("… 16 callers", "DurableLaunch.sixteenCallers", 10_000),
          new Line(
              "… the slowest of a hundred, at 1,000 a second",
              "DurableLaunch.paced",
              "",
              "p99Micros",
              "ms",
              10,
              false,
              micros -> micros / 1_000),
          Line.atMost(
              "10,000 live and 100,000 finished tasks, until a new process lists them",
              "Restore.untilAnswered",
              "",
              "ms",
              2_000),
          new Line(
              "… heap of that process",
              "Restore.heap",
              "",
              "usedBytes",
              "MB",
              0,
              false,
              bytes -> bytes / 1e6),
          Line.atMost(
              "10,000 completions, until all parents are told",
              "Completion.untilAnnounced",
              "",
              "ms",
              250),
          Line.atMost(
              "an end and a start while 5,000 parents wait for max_running",
              "SharedLimit.endAndStart",
              "max_running",
              "µs",
              0),
          Line.atMost(
              "… for max_running_per_agent",
              "SharedLimit.endAndStart",
              "max_running_per_agent",
              "µs",
              0),
          Line.heap("heap of a running task, without its caller's texts", "RUNNING", 700),
          Line.heap("… whose agent has called eight tools", "AT_WORK", 0),
          Line.heap(
              "heap of a running task, with 460 characters of its own", "RUNNING_WITH_TEXTS", 0));

  private BenchmarkTable() {}

  public static void main(String[] files) throws IOException {
    StringBuilder results = new StringBuilder();
    for (String file : files) {
      results.append(Files.readString(Path.of(file)));
    }
    System.out.println("| what | aim | median | lowest to highest |");
    System.out.println("|---|---|---|---|");
    for (Line line : LINES) {
      for (String result : results.toString().split("\"jmhVersion\"")) {
        List<Double> seen = figures(line, result);
        if (!seen.isEmpty()) {
          double median = seen.get(seen.size() / 2);
          boolean missed = line.aim != 0 && (line.larger ? median < line.aim : median > line.aim);
          System.out.printf(
              "| %s | %s | %s %s%s | %s to %s |%n",
              line.what,
              line.target(),
              number(median),
              line.unit,
              missed ? " (missed)" : "",
              number(seen.get(0)),
              number(seen.get(seen.size() - 1)));
        }
      }
    }
  }

  /** The figures of all iterations of all forks, in ascending order; empty for another line's. */
  private static List<Double> figures(Line line, String result) {
    String[] dotted = line.benchmark.split("\\.");
    List<Double> figures = new ArrayList<>();
    boolean meant =
        result.matches("(?s).*\"[\\w.]*" + dotted[0] + "Benchmark\\." + dotted[1] + "\".*")
            && (line.parameter.isEmpty() || result.contains(" : \"" + line.parameter + "\""));
    String before = line.metric.isEmpty() ? "\"primaryMetric\"" : "\"" + line.metric + "\"";
    int start = result.indexOf(before);
    if (meant && start >= 0) {
      Matcher raw = Pattern.compile("\"rawData\" : \\[([^}]*)\\]").matcher(result);
      if (raw.find(start)) {
        Matcher number = Pattern.compile("\\d+(\\.\\d+)?([eE][-+]?\\d+)?").matcher(raw.group(1));
        while (number.find()) {
          figures.add(line.figure.applyAsDouble(Double.parseDouble(number.group())));
        }
      }
    }
    figures.sort(null);
    return figures;
  }

  private static String number(double figure) {
    return String.format(Locale.ROOT, figure >= 10 ? "%,.0f" : "%.2f", figure);
  }
}
