package dev.sideline.background.engine.model;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a task's session, and when it is looked at next. Times in epoch milliseconds.
 */
public final class ProbeState {

  private ProbePhase phase = ProbePhase.NONE;
  private boolean wanted;
  private int inconclusive;
  private @Nullable Timer next;
  private long begunMillis;
  private long unseenUntilMillis;

  // --- the session

  private long promptedMillis;
  private long heardAtWorkMillis;
  private long idleSinceMillis;
  private @Nullable Failure complaint;
  private @Nullable List<PendingRequest> listed;

  // --- the agent

  private long fingerprint;
  private long fingerprintMillis;

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
    return wanted;
  }

  public void want(boolean another) {
    wanted = another;
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
    return inconclusive;
  }

  public void countInconclusive() {
    inconclusive++;
  }

  public void startAnew() {
    inconclusive = 0;
  }

  /**
   * Until when the task is not judged for being late, as it was not seen since a pause; 0 if it
   * was.
   */
  public long unseenUntilMillis() {
    return unseenUntilMillis;
  }

  public void unseenUntil(long millis) {
    unseenUntilMillis = millis;
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
    idleSinceMillis = 0;
  }

  /** A new message sets the agent to work: what was seen before does not count any more. */
  void prompted(long nowMillis) {
    promptedMillis = nowMillis;
    idleSinceMillis = 0;
    inconclusive = 0;
    fingerprintMillis = 0;
    complaint = null;
  }

  /** When the session was last heard of as at work; 0 if never. */
  public long heardAtWorkMillis() {
    return heardAtWorkMillis;
  }

  public void heardAtWork(long nowMillis) {
    heardAtWorkMillis = nowMillis;
    idleSinceMillis = 0;
  }

  /** Since when it has been idle without a result, by every probe; 0 if it is not. */
  public long idleSinceMillis() {
    return idleSinceMillis;
  }

  /** A probe has shown it idle; tells whether the one before has, too. */
  public boolean idle(long nowMillis) {
    boolean stillIdle = idleSinceMillis != 0;
    if (!stillIdle) {
      idleSinceMillis = nowMillis;
    }
    return stillIdle;
  }

  /** A probe has shown it busy. */
  public void busy() {
    idleSinceMillis = 0;
    inconclusive = 0;
  }

  /** What the session has complained of since it was prompted; null if of nothing. */
  public @Nullable Failure complaint() {
    return complaint;
  }

  /** It complains. What follows upon the first is most often its echo. */
  public void complain(Failure failure) {
    if (complaint == null) {
      complaint = failure;
    }
  }

  /** What the host lists as asked by it, and a probe has still to confirm; null for nothing. */
  public @Nullable List<PendingRequest> listed() {
    return listed;
  }

  /** The host lists something; tells whether that is the first. */
  public boolean list(PendingRequest request) {
    boolean first = listed == null;
    if (listed == null) {
      listed = new ArrayList<>(1);
    }
    listed.add(request);
    return first;
  }

  public void clearListed() {
    listed = null;
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
      idleSinceMillis = 0;
    }
    fingerprint = now;
    fingerprintMillis = nowMillis;
    return moved;
  }
}
