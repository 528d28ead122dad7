package dev.sideline.background.engine;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.Answer.ReplyStatus;
import java.util.function.BiConsumer;
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

  /** Told once what became of that answer; null if nobody wants to know. */
  private @Nullable BiConsumer<ReplyStatus, @Nullable String> answer;

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

  /** An answer is being given. */
  void answeredBy(@Nullable BiConsumer<ReplyStatus, @Nullable String> listener) {
    answering = true;
    uncertain = false;
    timedOut = false;
    answer = listener;
  }

  /** Tells whoever has given an answer what has become of it. */
  void complete(ReplyStatus fate, @Nullable String detail) {
    BiConsumer<ReplyStatus, @Nullable String> listener = answer;
    answer = null;
    if (listener != null) {
      listener.accept(fate, detail);
    }
  }
}
