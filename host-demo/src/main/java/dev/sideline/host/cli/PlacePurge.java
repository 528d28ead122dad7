package dev.sideline.host.cli;

import dev.sideline.host.DaemonThreads;
import dev.sideline.host.embedded.store.StoreLimits;
import dev.sideline.host.owner.SessionPlaces;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets from time to time where sessions live, and which session a conversation has, that were
 * noted long ago and are needed neither by a task, live or in the record, nor by a client that is
 * there. As long ago as sessions of embedded agents are kept.
 */
final class PlacePurge implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PlacePurge.class);
  private static final Duration AGE = StoreLimits.DEFAULT.age();
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration PERIOD = Duration.ofHours(6);

  private final SessionPlaces places;
  private final AllTasks tasks;
  private final Supplier<Set<String>> attached;
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-purge");

  /**
   * @param attached tells the sessions of the clients that are there
   */
  PlacePurge(SessionPlaces places, AllTasks tasks, Supplier<Set<String>> attached) {
    this.places = places;
    this.tasks = tasks;
    this.attached = attached;
  }

  void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::purge, FIRST.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Does it once. While not all tasks can be read, nothing is forgotten. */
  void purge() {
    if (!places.beginPurge(AGE)) {
      return;
    }
    Set<String> needed = new HashSet<>(attached.get());
    tasks.forEach(
        task -> {
          needed.add(task.parentSessionId());
          needed.add(task.mainSessionId());
          String own = task.childSessionId();
          if (own != null) {
            needed.add(own);
          }
          return true;
        });
    int forgotten = Host.answer(places.purge(AGE, needed));
    if (forgotten > 0) {
      log.info("{} sessions and conversations were forgotten that nobody needs", forgotten);
    }
  }

  @Override
  public void close() {
    DaemonThreads.end(timer);
  }
}
