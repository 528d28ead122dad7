package dev.sideline.background.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** The last things that happened, for whoever has to understand a failure. */
final class Journal {

  private static final int KEPT = 50;
  private static final int MAX_LINE_CHARS = 400;

  private final VirtualTime time;
  private final boolean all = Boolean.getBoolean("sideline.journal");
  private final Deque<Supplier<String>> lines = new ArrayDeque<>();

  Journal(VirtualTime time) {
    this.time = time;
  }

  /** Notes something that does not change any more; it is put into words only if they are read. */
  void note(String kind, Object what) {
    long at = time.elapsed();
    Supplier<String> line = () -> String.format("%9d ms  %-7s %s", at, kind, shortened(what));
    if (all) {
      System.out.println(line.get());
    }
    lines.addLast(line);
    if (lines.size() > KEPT) {
      lines.removeFirst();
    }
  }

  private static String shortened(Object what) {
    String text = what.toString().replace('\n', ' ');
    return text.length() <= MAX_LINE_CHARS ? text : text.substring(0, MAX_LINE_CHARS) + "…";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.get()).append('\n'));
    return text.toString();
  }
}
