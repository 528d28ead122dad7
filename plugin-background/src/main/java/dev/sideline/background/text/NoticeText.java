package dev.sideline.background.text;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a parent is told when tasks have ended, or need it. Says which, how, and what to do; of what
 * a child has said it quotes only what it asks, on one line. The same notice has the same text
 * always, for it may have to be sent again.
 */
public final class NoticeText {

  private static final int MAX_TASKS = 20;

  private NoticeText() {}

  /**
   * The text of a notice.
   *
   * @param deciders who may give its tasks permissions
   */
  public static String of(Notice notice, Deciders deciders) {
    List<String> lines = new ArrayList<>();
    attention(lines, notice.attention(), deciders);
    if (notice.stillRunning() == 0) {
      lines.add("All of your background tasks have ended.");
      list(
          lines,
          notice.finished().isEmpty() ? notice.announced() : notice.finished(),
          NoticeText::ending);
      lines.add("Read results with background_output(task_id). Nothing of yours is running.");
    } else {
      if (!notice.announced().isEmpty()) {
        lines.add(
            notice.announced().size() == 1
                ? "A background task of yours has ended."
                : notice.announced().size() + " background tasks of yours have ended.");
        list(lines, notice.announced(), NoticeText::ending);
      }
      stillRunning(lines, notice);
    }
    return "[Background tasks] " + String.join("\n", lines);
  }

  /**
   * What stands before the answer to a call of an agent that cannot be told otherwise. Ends with an
   * empty line.
   */
  public static String beforeAnswer(Answer.CaughtUp told, Deciders deciders) {
    List<String> lines = new ArrayList<>();
    attention(lines, told.attention(), deciders);
    if (!told.ended().isEmpty()) {
      lines.add(
          told.stillRunning() == 0
              ? "All of your background tasks have ended. Since the last answer:"
              : "Ended since the last answer:");
      list(lines, told.ended(), NoticeText::ending);
      lines.add("Read results with background_output(task_id).");
    }
    if (told.stillRunning() > 0) {
      lines.add(
          Phrases.count(told.stillRunning(), "task")
              + (told.stillRunning() == 1 ? " of yours is" : " of yours are")
              + " still at work.");
    }
    return "[Background tasks] " + String.join("\n", lines) + "\n\n";
  }

  private static void attention(List<String> lines, List<Task> tasks, Deciders deciders) {
    if (!tasks.isEmpty()) {
      lines.add(
          tasks.size() == 1
              ? "A background task of yours needs you."
              : tasks.size() + " background tasks of yours need you.");
      list(lines, tasks, task -> attention(task, deciders));
    }
  }

  private static void stillRunning(List<String> lines, Notice notice) {
    int others = Math.max(0, notice.stillRunning() - notice.attention().size());
    String noNeed = notice.attention().isEmpty() ? " No need to act on this now." : "";
    if (others > 0 || !noNeed.isEmpty()) {
      lines.add(
          Phrases.count(others, "other")
              + (others == 1 ? " is" : " are")
              + " still at work; you will be told when all have ended."
              + noNeed);
    }
  }

  private static void list(List<String> lines, List<Task> tasks, Function<Task, String> said) {
    for (Task task : tasks.subList(0, Math.min(MAX_TASKS, tasks.size()))) {
      lines.add(
          "- "
              + task.id()
              + " "
              + Phrases.quoted(task.spec().description())
              + " ("
              + Phrases.name(task.spec().agent())
              + "): "
              + said.apply(task));
    }
    if (tasks.size() > MAX_TASKS) {
      lines.add("- and " + (tasks.size() - MAX_TASKS) + " more; background_list shows all");
    }
  }

  private static String ending(Task task) {
    return Phrases.ending(task)
        + ", after "
        + Phrases.duration(task.elapsedMillis(task.settledMillis()));
  }

  private static String attention(Task task, Deciders deciders) {
    List<String> lines = new ArrayList<>();
    for (PendingRequest request : StateText.requests(task)) {
      lines.add(RequestText.line(request));
      lines.add(RequestText.howToAnswer(request, deciders));
    }
    if (StateText.stalled(task)) {
      lines.add(silence(task));
      lines.add(TaskText.stalled(task));
    }
    return lines.isEmpty() ? task.status().wireName() : String.join("\n  ", lines);
  }

  /** Of when it was written, since it may be read much later. */
  private static String silence(Task task) {
    long stall = task.options().stallMillis();
    String lastTool = task.progress().lastTool();
    return "When this was written, it had given no sign of life"
        + (stall == 0 ? "" : " for more than " + Phrases.duration(stall))
        + (lastTool == null ? "" : "; the last tool that it called is " + Phrases.name(lastTool))
        + ".";
  }
}
