package dev.sideline.background.engine.protocol;

import java.util.List;

/**
 * What came of one input.
 *
 * @param changes to be recorded first
 * @param effects to be carried out after that, in this order
 */
public record Step(Changes changes, List<Effect> effects) {

  /** Nothing came of it. */
  public static final Step NOTHING = new Step(Changes.NONE, List.of());

  /** Whether nothing came of it. */
  public boolean isEmpty() {
    return changes.isEmpty() && effects.isEmpty();
  }
}
