package dev.sideline.background.engine.protocol;

import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of the changes of several steps, the messages that are kept from now on and those that are not
 * any more; by task, as they go with their tasks.
 */
final class MergedMessages {

  private final Map<TaskId, Map<Long, MessageRow>> kept = new LinkedHashMap<>();
  private final Map<TaskId, Set<Long>> gone = new LinkedHashMap<>();
  private int size;
  private long bytes;

  void keep(MessageRow row) {
    MessageRow before =
        kept.computeIfAbsent(row.task(), task -> new LinkedHashMap<>()).put(row.number(), row);
    if (before == null) {
      count(row, 1);
    }
  }

  void drop(MessageKey message) {
    Map<Long, MessageRow> ofTask = kept.get(message.task());
    MessageRow row = ofTask == null ? null : ofTask.remove(message.number());
    if (row != null) {
      count(row, -1);
    } else if (gone.computeIfAbsent(message.task(), task -> new LinkedHashSet<>())
        .add(message.number())) {
      count(null, 1);
    }
  }

  /** All of a task go with it. */
  void remove(TaskId task) {
    Map<Long, MessageRow> rows = kept.remove(task);
    if (rows != null) {
      rows.values().forEach(row -> count(row, -1));
    }
    Set<Long> numbers = gone.remove(task);
    if (numbers != null) {
      numbers.forEach(number -> count(null, -1));
    }
  }

  private void count(@Nullable MessageRow row, int more) {
    size += more;
    if (row != null) {
      long chars = row.text() == null ? 0 : row.text().length();
      bytes += more * RowSize.bytes(chars);
    }
  }

  /** How many rows are to be written. */
  int size() {
    return size;
  }

  /** What they take in memory, in bytes. */
  long bytes() {
    return bytes;
  }

  List<MessageRow> kept() {
    List<MessageRow> all = new ArrayList<>();
    kept.values().forEach(rows -> all.addAll(rows.values()));
    return all;
  }

  List<MessageKey> gone() {
    List<MessageKey> all = new ArrayList<>();
    gone.forEach(
        (task, numbers) -> numbers.forEach(number -> all.add(new MessageKey(task, number))));
    return all;
  }
}
