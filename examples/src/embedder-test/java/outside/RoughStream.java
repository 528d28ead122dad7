package outside;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionEvent;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A stream of events that is cut at times, stutters, or stands still; always in order. */
final class RoughStream implements PluginHooks, AutoCloseable {

  private static final int LONGEST_STOP_MS = 200;

  private final ScheduledExecutorService line =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "bad-stream"));
  private final LinkedBlockingDeque<SessionEvent> waiting = new LinkedBlockingDeque<>();
  private final PluginHooks plugin;
  private final Dice dice;
  private final double trouble;

  /** Touched on the line's thread alone, as the next one. */
  private boolean stopped;

  private boolean cut;

  private volatile boolean storm = true;

  RoughStream(PluginHooks plugin, Dice dice, double trouble) {
    this.plugin = plugin;
    this.dice = dice;
    this.trouble = trouble;
  }

  @Override
  public boolean observes(String sessionId) {
    return plugin.observes(sessionId);
  }

  @Override
  public void onEvent(SessionEvent event) {
    line.execute(
        () -> {
          if (!cut) {
            waiting.add(event);
            deliver();
          }
        });
  }

  void storm(boolean now) {
    storm = now;
  }

  @Override
  public void close() {
    line.shutdownNow();
  }

  private void deliver() {
    while (!stopped && !waiting.isEmpty()) {
      SessionEvent event = waiting.remove();
      plugin.onEvent(event);
      if (goesWrong()) {
        plugin.onEvent(event);
      }
      if (goesWrong()) {
        stop(false);
      } else if (goesWrong()) {
        stop(true);
      }
    }
  }

  private boolean goesWrong() {
    return storm && dice.chance(trouble);
  }

  private void stop(boolean andLose) {
    stopped = true;
    cut = andLose;
    if (andLose) {
      waiting.clear();
    }
    line.schedule(this::goOn, dice.upTo(LONGEST_STOP_MS), TimeUnit.MILLISECONDS);
  }

  private void goOn() {
    stopped = false;
    if (cut) {
      cut = false;
      plugin.onEventsLost();
    }
    deliver();
  }
}
