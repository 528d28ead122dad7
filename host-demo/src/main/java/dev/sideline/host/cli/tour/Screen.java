package dev.sideline.host.cli.tour;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows tasks again and again: in place on a terminal, elsewhere a line whenever one has moved on.
 */
final class Screen {

  private static final String UP_AND_CLEAR = "\u001b[1A\u001b[2K";

  private final Terminal terminal;
  private final TaskTable table;
  private final Map<String, String> lastStatus = new HashMap<>();
  private int linesShown;

  Screen(Terminal terminal) {
    this.terminal = terminal;
    this.table = new TaskTable(terminal);
  }

  /** Shows the tasks as they are now. */
  void show(List<TaskRow> rows) {
    if (terminal.live()) {
      StringBuilder text = new StringBuilder(UP_AND_CLEAR.repeat(linesShown));
      table.lines(rows).forEach(line -> text.append(line).append('\n'));
      terminal.out().print(text);
      terminal.out().flush();
      linesShown = rows.size();
    } else {
      table.lines(rows.stream().filter(this::moved).toList()).forEach(terminal::line);
    }
  }

  private boolean moved(TaskRow row) {
    return !row.status().equals(lastStatus.put(row.id(), row.status()));
  }

  /** What was shown last stays; the next goes below it. */
  void keep() {
    linesShown = 0;
  }
}
