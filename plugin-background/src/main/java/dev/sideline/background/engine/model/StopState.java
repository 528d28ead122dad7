package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.Asked;
import dev.sideline.background.engine.protocol.Handling.Attempts;
import dev.sideline.background.engine.protocol.Handling.End;
import dev.sideline.background.engine.protocol.Handling.Messages;
import dev.sideline.background.engine.protocol.Handling.Stop;
import dev.sideline.background.engine.protocol.Handling.Told;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a task will have ended that is being stopped, and what has been done about an end. */
public final class StopState {

  private @Nullable StopReason ending;
  private @Nullable Timer graceEnd;
  private @Nullable Timer reminder;
  private boolean wrappedUp;
  private boolean silenced;
  private @Nullable Told told;
  private long place;

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

  /** Takes up what was recorded of it. */
  void restore(Handling recorded, boolean ended) {
    Stop stop = recorded.stop();
    if (stop != null) {
      ending = new StopReason(stop.reason(), stop.detail(), stop.by());
    }
    silenced = recorded.silenced();
    wrappedUp = ended;
    if (recorded.end() != null) {
      told = recorded.end().told();
      place = recorded.end().place();
    }
  }

  // --- what its parent was told of its end

  /** Its place among the tasks of its parent in the order in which they ended; 0 before that. */
  long place() {
    return place;
  }

  void place(long place) {
    this.place = place;
  }

  /** What its parent was told; null while it is live. */
  @Nullable Told told() {
    return told;
  }

  void told(Told now) {
    told = now;
  }

  /** What was done about it. */
  Handling handling(Attempts attempts, Messages messages, List<Asked> requests) {
    Stop stop = ending == null ? null : new Stop(ending.reason(), ending.detail(), ending.by());
    return new Handling(
        stop, silenced, attempts, messages, requests, told == null ? null : new End(told, place));
  }
}
