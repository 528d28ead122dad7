package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import java.util.List;

/** Something that must hold after every step. */
interface Check {

  /**
   * Looks at a step, which the history has taken already.
   *
   * @param changes what it has made of tasks
   * @throws BrokenPromise if it does not hold
   */
  void after(Input input, Step step, List<TaskHistory.Change> changes);

  /**
   * The process of the plugin has ended: what it knew and had not recorded is as if it had never
   * been, in the history already.
   */
  default void crashed(LastRecord record) {}

  /** A process begins, with that record. */
  default void begins() {}
}
