package dev.sideline.host.hold;

import org.jspecify.annotations.Nullable;

/**
 * What is said to a conversation whose turn is about to end.
 *
 * @param stays whether it is to go on
 * @param words if it stays, for its agent: why, and what it can do; if not, for the person, what is
 *     left behind; null for nothing
 */
public record Verdict(boolean stays, @Nullable String words) {

  /** There is nothing to be said. */
  public static final Verdict FREE = new Verdict(false, null);
}
