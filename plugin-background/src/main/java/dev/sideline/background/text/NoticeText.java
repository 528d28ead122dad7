package dev.sideline.background.text;

import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.List;

/**
 * What a parent is told when tasks have ended. Says which, how, and how to read on; it quotes
 * nothing that a child has said.
 */
public final class NoticeText {

  private static final int MAX_TASKS = 20;

  private NoticeText() {}

  /** The text of a notice. */
  public static String of(Notice notice) {
    StringBuilder text = new StringBuilder();
    if (notice.wake()) {
      text.append("[Background tasks] All of your background tasks have ended.\n");
      list(text, notice.finished());
      text.append("Read results with background_output(task_id). Nothing of yours is running.");
    } else {
      text.append("[Background tasks] ")
          .append(
              notice.announced().size() == 1
                  ? "A background task of yours has ended."
                  : notice.announced().size() + " background tasks of yours have ended.")
          .append('\n');
      list(text, notice.announced());
      text.append(Phrases.count(notice.stillRunning(), "other"))
          .append(notice.stillRunning() == 1 ? " is" : " are")
          .append(
              " still at work; you will be told when all have ended. No need to act on this now.");
    }
    return text.toString();
  }

  private static void list(StringBuilder text, List<Task> tasks) {
    for (Task task : tasks.subList(0, Math.min(MAX_TASKS, tasks.size()))) {
      text.append("- ")
          .append(task.id())
          .append(' ')
          .append(Phrases.quoted(task.assignment().description()))
          .append(" (")
          .append(Phrases.name(task.assignment().agent()))
          .append("): ")
          .append(Phrases.ending(task))
          .append(", after ")
          .append(Phrases.duration(task.elapsedMillis(task.settledMillis())))
          .append('\n');
    }
    if (tasks.size() > MAX_TASKS) {
      text.append("- and ")
          .append(tasks.size() - MAX_TASKS)
          .append(" more; background_list shows all\n");
    }
  }
}
