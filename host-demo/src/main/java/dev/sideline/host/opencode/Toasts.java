package dev.sideline.host.opencode;

import dev.sideline.api.PluginEvent.Toast;
import dev.sideline.host.Barrier;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows toasts in OpenCode's terminal interface, for whoever looks at the directory of the session
 * that they are about. Best effort: a few at a time and a few a second, and what is beyond that is
 * dropped, because nobody could read it. Never waits. Safe for use from any thread.
 */
final class Toasts {

  static final int MAX_AT_ONCE = 4;

  private static final Logger log = LoggerFactory.getLogger(Toasts.class);
  private static final long NANOS_PER_TOAST = Duration.ofMillis(400).toNanos();
  private static final long FULL = MAX_AT_ONCE * NANOS_PER_TOAST;
  private static final int MAX_TITLE_CHARS = 80;
  private static final int MAX_MESSAGE_CHARS = 400;

  private final HttpCalls http;
  private final Directories directories;
  private final LongSupplier nanoTime;

  /** Time that has been saved up; a toast costs {@link #NANOS_PER_TOAST} of it. */
  private long saved = FULL;

  private long savedUntil;
  private int underWay;
  private boolean dropping;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Toasts(HttpCalls http, Directories directories, LongSupplier nanoTime) {
    this.http = http;
    this.directories = directories;
    this.nanoTime = nanoTime;
    this.savedUntil = nanoTime.getAsLong();
  }

  void show(Toast toast) {
    if (admitted()) {
      Barrier.run("A toast", () -> send(toast), thrown -> ended());
    }
  }

  private void send(Toast toast) {
    HttpUrl url =
        OpenCodeSessionClient.in(
            http.url("tui", "show-toast"), directories.of(toast.mainSessionId()).orElse(null));
    Wire.ToastBody body =
        new Wire.ToastBody(
            RequestText.cut(toast.title(), MAX_TITLE_CHARS),
            RequestText.cut(toast.message(), MAX_MESSAGE_CHARS),
            toast.level().name().toLowerCase(Locale.ROOT));
    CompletableFuture<Void> unused =
        http.post(url, body)
            .whenComplete((shown, problem) -> ended())
            .exceptionally(
                problem -> {
                  log.debug("A toast was not shown: {}", problem.getMessage());
                  return null;
                });
  }

  private synchronized boolean admitted() {
    long now = nanoTime.getAsLong();
    saved = Math.min(FULL, saved + now - savedUntil);
    savedUntil = now;
    if (saved < NANOS_PER_TOAST || underWay >= MAX_AT_ONCE) {
      if (!dropping) {
        log.debug("More toasts than anybody could read: some are dropped");
      }
      dropping = true;
      return false;
    }
    dropping = false;
    saved -= NANOS_PER_TOAST;
    underWay++;
    return true;
  }

  private synchronized void ended() {
    underWay--;
  }
}
