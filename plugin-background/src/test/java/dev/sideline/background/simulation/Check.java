package dev.sideline.background.simulation;

import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.Step;
import java.util.List;

/** Something that must hold after every step. */
interface Check {

  /**
   * Looks at a step, which the book has taken already.
   *
   * @param changes what it has made of tasks
   * @throws BrokenPromise if it does not hold
   */
  void after(Input input, Step step, List<Book.Change> changes);
}
