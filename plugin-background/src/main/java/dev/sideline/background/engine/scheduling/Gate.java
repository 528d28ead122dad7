package dev.sideline.background.engine.scheduling;

import dev.sideline.background.engine.protocol.Limit;
import java.util.LinkedHashSet;
import java.util.Set;

/** A limit on the tasks that work at once, and what is used of it. */
public final class Gate {

  /** Something that stands behind a gate. */
  interface Behind {

    /** The gate has closed or opened. */
    void review();
  }

  final String name;
  final Limit limit;
  int used;

  /** How many lanes lead through here. */
  int lanes;

  /** The lanes and groups of lanes that stand directly behind this gate. */
  private final Set<Behind> behind = new LinkedHashSet<>(2);

  Gate(String name, Limit limit) {
    this.name = name;
    this.limit = limit;
  }

  boolean full() {
    return limit.value() > 0 && used >= limit.value();
  }

  void add(Behind contender) {
    behind.add(contender);
  }

  void remove(Behind contender) {
    behind.remove(contender);
  }

  /** Takes or gives back room. */
  void use(int more) {
    boolean before = full();
    used += more;
    if (before != full()) {
      review();
    }
  }

  /** Has what stands behind here find its place anew. */
  void review() {
    behind.forEach(Behind::review);
  }
}
