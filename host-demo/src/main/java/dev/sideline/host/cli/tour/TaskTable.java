package dev.sideline.host.cli.tour;

import dev.sideline.host.text.Characters;
import java.util.List;
import java.util.Locale;

/** Tasks as lines of text, none longer than the terminal is wide. */
final class TaskTable {

  private static final int STATUS_WIDTH = 10;
  private static final int ELAPSED_WIDTH = 7;
  private static final int AGENT_WIDTH = 7;
  private static final int LONGEST_DESCRIPTION = 31;
  private static final int GAPS = 2 + 4 * 2;

  private final Terminal terminal;

  TaskTable(Terminal terminal) {
    this.terminal = terminal;
  }

  List<String> lines(List<TaskRow> rows) {
    return rows.stream().map(this::line).toList();
  }

  private String line(TaskRow row) {
    int free = terminal.width() - 1 - GAPS - STATUS_WIDTH - ELAPSED_WIDTH - AGENT_WIDTH;
    int description = Math.max(0, Math.min(LONGEST_DESCRIPTION, free));
    int progress = Math.max(0, free - description);
    String line =
        "  "
            + terminal.styled(row.style(), padded(row.status(), STATUS_WIDTH))
            + "  "
            + String.format(Locale.ROOT, "%" + ELAPSED_WIDTH + "s", row.elapsed())
            + "  "
            + padded(row.agent(), AGENT_WIDTH)
            + "  "
            + padded(row.description(), description)
            + "  "
            + terminal.styled(Style.FAINT, cut(row.progress(progress), progress));
    return line.stripTrailing();
  }

  private static String padded(String text, int width) {
    String cut = cut(text, width);
    return cut + " ".repeat(width - cut.length());
  }

  static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    return width < 2 ? "" : Characters.cut(text, width - 1);
  }
}
