package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Effects that wait for a recording, in their order: those that promise something, and those that
 * must not overtake one of these.
 */
final class HeldEffects {

  private static final long EFFECT_BYTES = 300;
  private static final long BYTES_PER_CHAR = 2;

  /**
   * An effect that waits.
   *
   * @param recording the number of the recording that it waits for
   */
  record Held(Effect effect, EffectSubject subject, long recording) {

    boolean isAboutAny(Set<TaskId> tasks) {
      return subject.tasks().stream().anyMatch(tasks::contains);
    }

    private long bytes() {
      return EFFECT_BYTES
          + (effect instanceof Effect.SendPrompt send ? BYTES_PER_CHAR * send.text().length() : 0);
    }
  }

  private final Deque<Held> queue = new ArrayDeque<>();

  /** How many of those that promise something there are in each lane. */
  private final Map<String, Integer> lanes = new HashMap<>();

  private long bytes;

  /** Adds an effect behind all others; its recording is not before theirs. */
  void add(Effect effect, EffectSubject subject, long recording) {
    Held held = new Held(effect, subject, recording);
    queue.addLast(held);
    if (subject.promises()) {
      subject.lanes().forEach(lane -> lanes.merge(lane, 1, Integer::sum));
    }
    bytes += held.bytes();
  }

  /** Whether an effect would overtake another that must go before it. */
  boolean holdsUp(EffectSubject subject) {
    return !lanes.isEmpty() && subject.lanes().stream().anyMatch(lanes::containsKey);
  }

  /** Whether any that promise something are in a lane. */
  boolean isInUse(String lane) {
    return lanes.containsKey(lane);
  }

  /** Takes out those that wait for a recording or one before it, in their order. */
  List<Effect> release(long recording) {
    List<Effect> released = new ArrayList<>();
    while (!queue.isEmpty() && queue.peekFirst().recording <= recording) {
      Held held = queue.removeFirst();
      removed(held);
      released.add(held.effect);
    }
    return released;
  }

  /** Takes out some, in their order. */
  List<Held> remove(Predicate<Held> which) {
    List<Held> removed = new ArrayList<>();
    for (Iterator<Held> all = queue.iterator(); all.hasNext(); ) {
      Held held = all.next();
      if (which.test(held)) {
        all.remove();
        removed(held);
        removed.add(held);
      }
    }
    return removed;
  }

  private void removed(Held held) {
    if (held.subject.promises()) {
      held.subject.lanes().forEach(lane -> lanes.computeIfPresent(lane, (key, many) -> less(many)));
    }
    bytes -= held.bytes();
  }

  @SuppressWarnings("NullAway") // computeIfPresent removes what it is given null for.
  private static Integer less(int many) {
    return many == 1 ? null : many - 1;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  /** What they take in memory, in bytes, as far as nobody else holds it. */
  long bytes() {
    return bytes;
  }
}
