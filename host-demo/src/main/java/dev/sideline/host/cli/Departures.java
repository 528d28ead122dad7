package dev.sideline.host.cli;

import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.owner.SessionPlaces;
import dev.sideline.host.plugin.PluginHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of the tasks of a conversation whose program has gone and which nobody can go on
 * with, as it has no id by which it could be found again: they are stopped after a while, unless
 * the operator has set it otherwise. Thread-safe.
 */
final class Departures implements AutoCloseable {

  private static final String REASON =
      "the program whose conversation had launched it has ended, and nobody can go on with that"
          + " conversation";

  private final PluginHost plugins;
  private final SessionPlaces places;
  private final OwnerSettings settings;
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-departures");
  private final Map<String, Future<?>> gone = new HashMap<>();

  Departures(PluginHost plugins, SessionPlaces places, OwnerSettings settings) {
    this.plugins = plugins;
    this.places = places;
    this.settings = settings;
  }

  /**
   * Its program has gone.
   *
   * @param conversation under which its session was noted
   */
  synchronized void left(String conversation) {
    if (settings.onClientGone() == OwnerSettings.OnClientGone.CONTINUE || timer.isShutdown()) {
      return;
    }
    Future<?> before =
        gone.put(
            conversation,
            timer.schedule(
                () -> over(conversation), settings.clientGone().toMillis(), TimeUnit.MILLISECONDS));
    if (before != null) {
      before.cancel(false);
    }
  }

  /** Its program is there again. */
  synchronized void back(String conversation) {
    Future<?> before = gone.remove(conversation);
    if (before != null) {
      before.cancel(false);
    }
  }

  private void over(String conversation) {
    synchronized (this) {
      if (gone.remove(conversation) == null) {
        return; // It has come back at the last moment.
      }
    }
    places
        .sessionOf(conversation)
        .ifPresent(session -> plugins.operators().values().forEach(one -> stopAll(one, session)));
    var unused = places.forget(conversation);
  }

  private static void stopAll(TaskOperator operator, String session) {
    var unused =
        operator
            .tasks()
            .whenComplete(
                (tasks, failure) -> {
                  if (failure != null) {
                    Barrier.report("Stopping the tasks of a conversation that is over", failure);
                  } else {
                    live(tasks, session).forEach(task -> operator.cancel(task.id(), REASON));
                  }
                });
  }

  private static List<TaskSnapshot> live(List<TaskSnapshot> tasks, String session) {
    return tasks.stream()
        .filter(task -> task.parentSessionId().equals(session) && !task.status().terminal())
        .toList();
  }

  @Override
  public synchronized void close() {
    timer.shutdownNow();
  }
}
