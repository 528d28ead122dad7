package dev.sideline.background.text;

import dev.sideline.background.character.Characters;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;
import java.util.regex.Pattern;

/** The words that all texts share. */
public final class Phrases {

  private static final int MAX_LINE_CHARS = 300;
  private static final int MAX_NAME_CHARS = 80;

  /** A name that can be taken for nothing but one. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.:/-]{1,64}");

  private static final int MAX_ID_CHARS = 200;

  /** Control characters, and what else begins a new line. */
  private static final Pattern LINE_BREAKERS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");

  private Phrases() {}

  /** A duration as a person would say it: {@code 850 ms}, {@code 12 s}, {@code 3 min 5 s}. */
  static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    long seconds = millis / 1_000;
    if (seconds < 60) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }

  /** A number of things. */
  static String count(long number, String one) {
    return number + " " + one + (number == 1 ? "" : "s");
  }

  /** Foreign text on one line, bounded, in quotes that it cannot close. */
  static String quoted(String foreign) {
    return quoted(foreign, MAX_LINE_CHARS);
  }

  /** The same, of which more or less may be shown. */
  static String quoted(String foreign, int maxChars) {
    return '"' + line(foreign, maxChars).replace('"', '\'') + '"';
  }

  /**
   * A foreign name, such as that of a tool or an agent. It stands without quotes only if it is of
   * such letters and so short that it cannot speak in our sentences.
   */
  static String name(String foreign) {
    return PLAIN_NAME.matcher(foreign).matches() ? foreign : quoted(foreign, MAX_NAME_CHARS);
  }

  /** A foreign id between quotes that it cannot close; not cut, or it would be of no use. */
  public static String id(String foreign) {
    return quoted(foreign, MAX_ID_CHARS);
  }

  private static String line(String foreign, int maxChars) {
    String oneLine = LINE_BREAKERS.matcher(foreign.strip()).replaceAll(" ");
    return Characters.cut(Characters.visible(oneLine), maxChars);
  }

  /** How a task ended, in a few words. */
  static String ending(Task task) {
    Outcome outcome = task.outcome();
    if (outcome == null) {
      return task.status().wireName();
    }
    return switch (outcome.reason()) {
      case OK -> "completed";
      case PARTIAL -> "completed, but its answer was cut off by its model's limit";
      case EMPTY -> "completed without an answer";
      case LAUNCH_FAILED -> "failed: it could not be started";
      case DEPENDENCY_FAILED -> "failed: a task that it was to follow did not succeed";
      case TIMED_OUT -> "failed: it took longer than allowed";
      case STALLED -> "failed: it gave no sign of life any more";
      case BUDGET_EXCEEDED -> "failed: it used more than allowed";
      case LOOP -> "failed: it made the same tool call again and again";
      case REJECTED -> "failed: its answer does not fit the schema";
      case SESSION_ERROR -> "failed: its session reported an error";
      case SESSION_DELETED -> "failed: its session was deleted";
      case LOST -> "failed: its session stopped without a result";
      case CANCELLED -> "cancelled";
      case CANCELLED_BY_OPERATOR -> "cancelled by an operator";
      case INTERRUPTED -> "cancelled: somebody stopped its session";
      case PARENT_GONE -> "cancelled: the session it worked for has ended";
      case SHUTDOWN -> "cancelled: the plugin was shut down";
      case ABANDONED -> "cancelled, but abandoned: its session would not stop and may still work";
    };
  }
}
