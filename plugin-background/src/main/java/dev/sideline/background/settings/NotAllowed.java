package dev.sideline.background.settings;

import org.jspecify.annotations.Nullable;

/** A value that is not allowed. Never leaves this package. */
final class NotAllowed extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String item;

  /**
   * @param item the part of the value that is at fault; null if it is all of it
   */
  NotAllowed(@Nullable String item) {
    this.item = item;
  }

  String becauseOfItem() {
    return item == null ? "" : "; the trouble is '" + ValueReader.shown(item) + "'";
  }
}
