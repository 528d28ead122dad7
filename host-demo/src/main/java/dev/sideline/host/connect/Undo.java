package dev.sideline.host.connect;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How to take back what was done so far; closing it does so, the last first, unless all was done.
 */
final class Undo implements AutoCloseable {

  /** Takes back one thing. */
  interface Step {
    void run() throws IOException;
  }

  private final Deque<Step> steps = new ArrayDeque<>();

  void add(Step step) {
    steps.push(step);
  }

  /** Nothing is to be taken back any more. */
  void allIsDone() {
    steps.clear();
  }

  /** Takes back as much as can be; throws the first thing that went wrong with it. */
  @Override
  public void close() throws IOException {
    IOException first = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
