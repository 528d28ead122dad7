package dev.sideline.host.opencode;

import java.util.Objects;
import okhttp3.Call;
import okhttp3.EventListener;

/**
 * Notes whether anything of a request has left this machine: if not, a failure means that nothing
 * was done; if so, nobody knows.
 */
final class SendProgress extends EventListener {

  private volatile boolean started;

  /** The listener that a request carries as its tag. */
  static EventListener of(Call call) {
    return Objects.requireNonNullElse(call.request().tag(SendProgress.class), EventListener.NONE);
  }

  boolean started() {
    return started;
  }

  @Override
  public void requestHeadersStart(Call call) {
    started = true;
  }
}
