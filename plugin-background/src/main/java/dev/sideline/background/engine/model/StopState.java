package dev.sideline.background.engine.model;

import org.jspecify.annotations.Nullable;

/** How a task will have ended that is being stopped, and what has been done about an end. */
public final class StopState {

  private @Nullable StopReason ending;
  private @Nullable Timer graceEnd;
  private @Nullable Timer reminder;
  private boolean wrappedUp;
  private boolean silenced;

  /** How it will have ended once its session is quiet; null if it is not being stopped. */
  @Nullable StopReason ending() {
    return ending;
  }

  public void begin(StopReason how) {
    ending = how;
  }

  /** When it is given up; null if that has no time. */
  public @Nullable Timer graceEnd() {
    return graceEnd;
  }

  public void graceEnd(@Nullable Timer timer) {
    graceEnd = timer;
  }

  /** When it is told to stop once more, if nothing is heard of what it was told. */
  public @Nullable Timer reminder() {
    return reminder;
  }

  public void reminder(@Nullable Timer timer) {
    reminder = timer;
  }

  /** What belongs to it is closed; tells whether it was not before. */
  public boolean wrapUp() {
    boolean first = !wrappedUp;
    wrappedUp = true;
    return first;
  }

  /** Whether its parent is not to be told of its end, whatever its options say. */
  public boolean silenced() {
    return silenced;
  }

  public void silence() {
    silenced = true;
  }
}
