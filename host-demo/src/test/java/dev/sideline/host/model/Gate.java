package dev.sideline.host.model;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A place where the model stops until the test lets it go on. {@link ScriptedModelServer#close}
 * opens all gates.
 */
public final class Gate {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Waits until the model stands at the gate; fails after 30 s. */
  public void awaitReached() {
    try {
      if (!reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the model was not asked within " + PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the model", e);
    }
  }

  /** Lets the model go on, also before it has come. Idempotent. */
  public void open() {
    opened.countDown();
  }

  void pass() throws InterruptedException {
    reached.countDown();
    opened.await();
  }
}
