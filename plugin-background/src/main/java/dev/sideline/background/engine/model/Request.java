package dev.sideline.background.engine.model;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.engine.protocol.Handling.Asked;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A permission or question that the agent of a task waits for. */
public final class Request {

  private final PendingRequest asked;
  private long number;
  private RequestPhase phase = RequestPhase.OPEN;
  private boolean told;
  private boolean timedOut;
  private int refusals;
  private long timeoutMillis;

  /** The answer that is being given, or is kept until it can be; null if there is none. */
  private @Nullable Reply reply;

  /** Whether somebody was told that the answer is kept. */
  private boolean kept;

  /** Who has answered it and wants to know what becomes of that; null if nobody does. */
  private @Nullable Replier replier;

  /**
   * @param timeoutMillis when it is answered if nobody does it before, in epoch milliseconds; 0 for
   *     never
   */
  public Request(PendingRequest asked, long number, long timeoutMillis) {
    this.asked = asked;
    this.number = number;
    this.timeoutMillis = timeoutMillis;
  }

  /** One that is recorded. If it was being answered, it is open whether the host has that. */
  public static Request restored(PendingRequest asked, Asked recorded, long number) {
    Request request = new Request(asked, number, recorded.timeoutMillis());
    request.told = recorded.told();
    request.timedOut = recorded.timedOut();
    request.reply = recorded.reply();
    if (recorded.reply() != null) {
      request.phase = RequestPhase.UNCERTAIN;
      request.kept = !recorded.timedOut();
    }
    return request;
  }

  /** What is recorded of it beside what it asks. */
  Asked state() {
    return new Asked(asked.id(), told, timeoutMillis, timedOut, reply);
  }

  public PendingRequest asked() {
    return asked;
  }

  public String id() {
    return asked.id();
  }

  /** Grows with every request of all tasks, and whenever more than this has to be known of it. */
  public long number() {
    return number;
  }

  /** Whether the parent of its task knows of it. */
  public boolean told() {
    return told;
  }

  public void told(boolean knows) {
    told = knows;
  }

  // --- when nobody answers

  /** When it is answered if nobody does it before, in epoch milliseconds; 0 for never. */
  public long timeoutMillis() {
    return timeoutMillis;
  }

  /** Should nobody else answer it, that is done at the earliest at a time. */
  public void putOff(long untilMillis) {
    if (timeoutMillis != 0) {
      timeoutMillis = Math.max(timeoutMillis, untilMillis);
    }
  }

  /**
   * Whether it is time to answer it, because nobody does, or it is not known whether anybody has.
   */
  public boolean isDue(long nowMillis) {
    return dueMillis() <= nowMillis;
  }

  /** When it is to be answered if nobody does, in epoch milliseconds; far away for never. */
  public long dueMillis() {
    return phase != RequestPhase.ANSWERING && timeoutMillis != 0 ? timeoutMillis : Long.MAX_VALUE;
  }

  /** Whether nobody has answered in time, and what is set for that is being done. */
  public boolean timedOut() {
    return timedOut;
  }

  public void timeOut() {
    timedOut = true;
  }

  /** The host does not take the answer that is given because nobody has; tells how often. */
  public int countRefusal() {
    return ++refusals;
  }

  // --- the answer

  public RequestPhase phase() {
    return phase;
  }

  private void move(RequestPhase next) {
    if (phase != next && !phase.canMoveTo(next)) {
      throw new IllegalStateException("a request cannot move from " + phase + " to " + next);
    }
    phase = next;
  }

  /** Whether an answer is being given, perhaps unnoticed. */
  public boolean answering() {
    return phase != RequestPhase.OPEN;
  }

  /**
   * An answer is being given.
   *
   * @param by who wants to know what becomes of it; null if nobody does
   */
  public void answeredBy(@Nullable Replier by, Reply with) {
    move(RequestPhase.ANSWERING);
    timedOut = false;
    replier = by;
    reply = with;
    kept = false;
  }

  /** The answer is kept until it can be given. */
  public void keep() {
    kept = true;
  }

  /** Whether somebody was told that the answer is kept, and so counts on it. */
  public boolean kept() {
    return kept;
  }

  /**
   * The answer is given once more.
   *
   * @return the answer
   */
  public Reply answerAgain() {
    move(RequestPhase.ANSWERING);
    return Objects.requireNonNull(reply, "reply");
  }

  /**
   * It is not known whether the answer was taken.
   *
   * @param newNumber its number from now on
   */
  public void uncertain(long newNumber) {
    move(RequestPhase.UNCERTAIN);
    number = newNumber;
  }

  /** The answer was not taken. */
  public void reopen() {
    move(RequestPhase.OPEN);
    reply = null;
    kept = false;
  }

  /**
   * Who is to be told what has become of the answer, unless that was told before; null if nobody
   * is.
   */
  public @Nullable Replier takeReplier() {
    Replier taken = replier;
    replier = null;
    return taken;
  }
}
