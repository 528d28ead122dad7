package dev.sideline.background.engine;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.Answer.ReplyStatus;
import org.jspecify.annotations.Nullable;

/** A permission or question that the agent of a task waits for. */
final class Request {
  final PendingRequest asked;

  /** Grows with every request of all tasks, and whenever more than this has to be known of it. */
  long number;

  /** Whether the parent of its task knows of it. */
  boolean told;

  /** Whether an answer is being given. */
  boolean answering;

  /** Whether it is not known if the answer was taken. */
  boolean uncertain;

  /** Whether nobody has answered in time, and what is set for that is being done. */
  boolean timedOut;

  /** Who has answered it and wants to know what becomes of that; null if nobody does. */
  private Signal.@Nullable Replier replier;

  /** How often the host would not take the answer that is given because nobody has given one. */
  int refusals;

  /** When it is answered if nobody does it before, in epoch milliseconds; 0 for never. */
  long timeoutMillis;

  Request(PendingRequest asked, long number) {
    this.asked = asked;
    this.number = number;
  }

  /**
   * Whether it is time to answer it, because nobody does, or it is not known whether anybody has.
   */
  boolean isDue(long nowMillis) {
    return dueMillis() <= nowMillis;
  }

  /** When it is to be answered if nobody does, in epoch milliseconds; far away for never. */
  long dueMillis() {
    boolean open = !answering || uncertain;
    return open && timeoutMillis != 0 ? timeoutMillis : Long.MAX_VALUE;
  }

  /**
   * An answer is being given.
   *
   * @param by who wants to know what becomes of it; null if nobody does
   */
  void answeredBy(Signal.@Nullable Replier by) {
    answering = true;
    uncertain = false;
    timedOut = false;
    replier = by;
  }

  /** Tells whoever has given an answer what has become of it, unless that was told before. */
  void complete(UnitOfWork unit, LiveTask live, ReplyStatus status, @Nullable String detail) {
    if (replier != null) {
      unit.signal(new Signal.ReplyCompleted(live, asked.id(), replier, status, detail));
      replier = null;
    }
  }
}
