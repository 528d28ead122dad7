package dev.sideline.background.engine.model;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of a task's session, and when it is probed next. Times in epoch milliseconds. */
public final class ProbeState {

  /** What lets it be doubted that the session is at work; there is nothing most of the time. */
  private static final class Doubts {
    private static final Doubts NONE = new Doubts();

    private boolean wanted;
    private int inconclusive;
    private long unseenUntilMillis;
    private long restartedMillis;
    private long idleSinceMillis;
    private @Nullable Failure complaint;
    private boolean outlived;
    private @Nullable List<PendingRequest> listed;

    private boolean isEmpty() {
      return !wanted
          && inconclusive == 0
          && unseenUntilMillis == 0
          && restartedMillis == 0
          && idleSinceMillis == 0
          && complaint == null
          && listed == null;
    }
  }

  private ProbePhase phase = ProbePhase.NONE;
  private @Nullable Timer next;
  private long begunMillis;
  private @Nullable Doubts doubts;

  // --- the session

  private long promptedMillis;
  private long heardAtWorkMillis;

  // --- the agent

  private long fingerprint;
  private long fingerprintMillis;

  // --- doubts

  /** What there is, to be read. */
  private Doubts known() {
    return doubts == null ? Doubts.NONE : doubts;
  }

  /** The same, to be written. */
  private Doubts doubts() {
    if (doubts == null) {
      doubts = new Doubts();
    }
    return doubts;
  }

  /** Resolves some, if there are any. */
  private void resolve(Consumer<Doubts> some) {
    if (doubts != null) {
      some.accept(doubts);
      if (doubts.isEmpty()) {
        doubts = null;
      }
    }
  }

  private static void notIdle(Doubts doubts) {
    doubts.idleSinceMillis = 0;
  }

  /** It goes on in spite of what it has complained of. */
  private static void atWork(Doubts doubts) {
    notIdle(doubts);
    doubts.outlived = doubts.complaint != null;
  }

  private static void conclusive(Doubts doubts) {
    doubts.inconclusive = 0;
  }

  // --- probes

  public ProbePhase phase() {
    return phase;
  }

  private void move(ProbePhase to) {
    if (phase != to && !phase.canMoveTo(to)) {
      throw new IllegalStateException("a probe cannot move from " + phase + " to " + to);
    }
    phase = to;
  }

  public void begin(long nowMillis) {
    move(ProbePhase.UNDER_WAY);
    begunMillis = nowMillis;
  }

  /** When the one that is under way, or was last, began. */
  public long begunMillis() {
    return begunMillis;
  }

  public void ended() {
    if (phase != ProbePhase.NONE) {
      move(ProbePhase.NONE);
    }
  }

  /** A pause has made the one that is under way worthless, if one is. */
  public void outdate() {
    if (phase != ProbePhase.NONE) {
      move(ProbePhase.STALE);
    }
  }

  /** Whether one is wanted as soon as that is possible. */
  public boolean wanted() {
    return known().wanted;
  }

  public void want(boolean another) {
    if (another) {
      doubts().wanted = true;
    } else {
      resolve(some -> some.wanted = false);
    }
  }

  /** When the next has its time; null if none has. */
  public @Nullable Timer next() {
    return next;
  }

  public void next(@Nullable Timer timer) {
    next = timer;
  }

  /** How many in a row have shown nothing conclusive. */
  public int inconclusive() {
    return known().inconclusive;
  }

  public void countInconclusive() {
    doubts().inconclusive++;
  }

  public void startAnew() {
    resolve(ProbeState::conclusive);
  }

  /**
   * Until when the task is not judged for being late, as it was not seen since a pause; 0 if it
   * was.
   */
  public long unseenUntilMillis() {
    return known().unseenUntilMillis;
  }

  public void unseenUntil(long millis) {
    if (millis != 0) {
      doubts().unseenUntilMillis = millis;
    } else {
      resolve(some -> some.unseenUntilMillis = 0);
    }
  }

  /** When the process began, if it has found the task at work; 0 if that was launched since. */
  public long restartedMillis() {
    return known().restartedMillis;
  }

  public void restarted(long nowMillis) {
    doubts().restartedMillis = nowMillis;
  }

  // --- the session

  /** When the present message was accepted; 0 before it was. */
  public long promptedMillis() {
    return promptedMillis;
  }

  /**
   * The host has taken the message that is under way. How long it was idle before does not count.
   */
  public void accepted(long nowMillis) {
    promptedMillis = nowMillis;
    resolve(ProbeState::notIdle);
  }

  /** A new message sets the agent to work: what was seen before does not count any more. */
  void prompted(long nowMillis) {
    promptedMillis = nowMillis;
    fingerprintMillis = 0;
    resolve(
        some -> {
          some.idleSinceMillis = 0;
          some.inconclusive = 0;
          some.complaint = null;
          some.outlived = false;
        });
  }

  /** When the session was last heard of as at work; 0 if never. */
  public long heardAtWorkMillis() {
    return heardAtWorkMillis;
  }

  public void heardAtWork(long nowMillis) {
    heardAtWorkMillis = nowMillis;
    resolve(ProbeState::atWork);
  }

  /** Since when it has been idle without a result, by every probe; 0 if it is not. */
  public long idleSinceMillis() {
    return known().idleSinceMillis;
  }

  /** A probe has shown it idle; tells whether the one before has, too. */
  public boolean idle(long nowMillis) {
    boolean stillIdle = known().idleSinceMillis != 0;
    if (!stillIdle) {
      doubts().idleSinceMillis = nowMillis;
    }
    return stillIdle;
  }

  /** A probe has shown it busy. */
  public void busy() {
    resolve(
        some -> {
          atWork(some);
          conclusive(some);
        });
  }

  /** What the session has complained of since it was prompted; null if of nothing. */
  public @Nullable Failure complaint() {
    return known().complaint;
  }

  /**
   * The same, unless the session was at work after that: it has stopped over this.
   *
   * @return null if nothing is known to have stopped it
   */
  public @Nullable Failure stoppedOver() {
    return known().outlived ? null : known().complaint;
  }

  /**
   * It complains. What follows upon the first is most often its echo, unless it was at work in
   * between.
   */
  public void complain(Failure failure) {
    if (known().complaint == null || known().outlived) {
      doubts().complaint = failure;
      doubts().outlived = false;
    }
  }

  /** What the host lists as asked by it, and a probe has still to confirm; null for nothing. */
  public @Nullable List<PendingRequest> listed() {
    return known().listed;
  }

  /** The host lists something; tells whether that is the first. */
  public boolean list(PendingRequest request) {
    Doubts now = doubts();
    boolean first = now.listed == null;
    if (now.listed == null) {
      now.listed = new ArrayList<>(1);
    }
    now.listed.add(request);
    return first;
  }

  public void clearListed() {
    resolve(some -> some.listed = null);
  }

  // --- the agent

  /** Whether it is known how far it is, since a time. */
  boolean knownSince(long millis) {
    return fingerprintMillis != 0 && fingerprintMillis >= millis;
  }

  /** Notes how far it is; tells whether it has moved since it was last seen. */
  public boolean note(long now, long nowMillis) {
    boolean moved = fingerprintMillis != 0 && fingerprint != now;
    if (moved) {
      // It was at work between the two probes.
      resolve(ProbeState::notIdle);
    }
    fingerprint = now;
    fingerprintMillis = nowMillis;
    return moved;
  }
}
