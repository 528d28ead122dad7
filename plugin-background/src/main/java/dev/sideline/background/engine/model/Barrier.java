package dev.sideline.background.engine.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * The edge of each unit of work inside a step: a defect in one must not keep the others of the same
 * step from being done. It logs nothing, as nothing in the engine does: what was thrown is kept,
 * and comes out with the step.
 */
public final class Barrier {

  private final List<Throwable> defects = new ArrayList<>(0);

  /**
   * Does a unit of work.
   *
   * @return whether it came to its end
   */
  boolean run(Runnable unit) {
    try {
      unit.run();
      return true;
    } catch (Throwable defect) {
      // Errors too: they come out of classes that cannot be loaded and of data that nests too deep.
      defects.add(defect);
      return false;
    }
  }

  /** Does the same for each of some items, whatever becomes of it for the others. */
  <T> void each(Collection<T> items, Consumer<T> unit) {
    for (T item : items) {
      run(() -> unit.accept(item));
    }
  }

  /** Whether a unit of work has broken off since it was last asked what has gone wrong. */
  boolean isBroken() {
    return !defects.isEmpty();
  }

  /** What was thrown since the last time. */
  List<Throwable> drain() {
    List<Throwable> drained = List.copyOf(defects);
    defects.clear();
    return drained;
  }
}
