package dev.sideline.background.ledger;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the queue for them.
 *
 * <p>A slot is taken when a task begins to start and given back in the very step in which it ends,
 * so a limit is never exceeded, not even by a burst. Parents take turns: one that has launched a
 * hundred tasks does not keep another's first one waiting.
 */
final class Admission {

  private final Settings settings;

  /** Families with something in their queue and a slot of their own to spare, next one first. */
  private final Set<Family> turns = new LinkedHashSet<>();

  private int running;
  private int starting;

  Admission(Settings settings) {
    this.settings = settings;
  }

  /** Lets a pending task wait for its slot. */
  void enqueue(Entry entry) {
    entry.family.queue.addLast(entry);
    review(entry.family);
  }

  /** Takes a pending task out of the queue. */
  void dequeue(Entry entry) {
    entry.family.queue.remove(entry);
    review(entry.family);
  }

  /** The next task that may start, with its slot taken; null if none may. */
  @Nullable Entry next() {
    if (running >= settings.maxRunning() || starting >= settings.maxStarting()) {
      return null;
    }
    if (turns.isEmpty()) {
      return null;
    }
    Family family = turns.iterator().next();
    turns.remove(family);
    Entry entry = family.queue.removeFirst();
    running++;
    starting++;
    family.slots++;
    review(family);
    return entry;
  }

  /** A task has left {@link TaskStatus#STARTING}. */
  void hasStarted() {
    starting--;
  }

  /** A task that held a slot has ended. */
  void release(Family family) {
    running--;
    family.slots--;
    review(family);
  }

  /** The place of a pending task in its family's queue: 1 for the next. */
  int position(Entry entry) {
    int position = 1;
    for (Entry queued : entry.family.queue) {
      if (queued == entry) {
        return position;
      }
      position++;
    }
    return 0;
  }

  int running() {
    return running;
  }

  int starting() {
    return starting;
  }

  private void review(Family family) {
    if (family.queue.isEmpty() || family.slots >= settings.maxRunningPerParent()) {
      turns.remove(family);
    } else {
      turns.add(family);
    }
  }
}
