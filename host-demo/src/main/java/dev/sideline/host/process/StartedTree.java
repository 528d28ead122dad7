package dev.sideline.host.process;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A process that the host has started, with all that this one has started. */
public final class StartedTree {

  private final Process process;
  private final String mark;
  private final @Nullable SystemProcess root;
  private final long began;
  private final Map<Long, SystemProcess> seen = new HashMap<>();

  /**
   * @param root null if it had ended before it was looked at
   * @param began not later than anything in it
   */
  StartedTree(Process process, String mark, @Nullable SystemProcess root, long began) {
    this.process = process;
    this.mark = mark;
    this.root = root;
    this.began = began;
    if (root != null) {
      seen.put(root.pid(), root);
    }
  }

  /** The process at its root. */
  public Process process() {
    return process;
  }

  Optional<SystemProcess> root() {
    return Optional.ofNullable(root);
  }

  long began() {
    return began;
  }

  /** Whether the mark of this tree is among some. */
  boolean isAmong(String marks) {
    int at = marks.indexOf(mark);
    // Of marks that differ in a number at their end, one may begin with the other.
    return at >= 0
        && (at + mark.length() == marks.length()
            || !Character.isDigit(marks.charAt(at + mark.length())));
  }

  /** What was found of it, so that it is found again when it has left its parent. */
  synchronized Set<SystemProcess> seen() {
    return Set.copyOf(seen.values());
  }

  synchronized void saw(Set<SystemProcess> living) {
    seen.keySet().retainAll(living.stream().map(SystemProcess::pid).collect(Collectors.toSet()));
    living.forEach(one -> seen.put(one.pid(), one));
  }
}
