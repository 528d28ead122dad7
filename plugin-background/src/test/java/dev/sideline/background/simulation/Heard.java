package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Changes.MeterRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of the work of a task, in order, and how much of it stands in each of the rows of
 * its meters: what comes after the one that is recorded is not known after a crash.
 *
 * @param <E> something that was heard
 */
final class Heard<E> {

  private record Written(MeterRow row, int size) {}

  private final List<E> all = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();

  void hear(E something) {
    all.add(something);
  }

  /** Its meters are to be recorded as they are now. */
  void write(MeterRow row) {
    written.add(new Written(row, all.size()));
  }

  /**
   * Forgets what is not recorded.
   *
   * @param recorded the row that is; null if none is
   * @return what is left
   */
  List<E> crashed(@Nullable MeterRow recorded) {
    int last = written.size() - 1;
    while (last >= 0 && !written.get(last).row().equals(recorded)) {
      last--;
    }
    int size = last < 0 ? 0 : written.get(last).size();
    all.subList(size, all.size()).clear();
    written.subList(last + 1, written.size()).clear();
    return List.copyOf(all);
  }
}
