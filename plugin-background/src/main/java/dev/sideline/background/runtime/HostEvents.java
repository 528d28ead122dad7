package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the host what it may show or record. A host that throws or does not come back costs itself
 * its events and nobody anything else. Safe for use from any thread.
 */
final class HostEvents implements Consumer<PluginEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(HostEvents.class);

  private final HostContext host;
  private final Executor executor;
  private final Bulkhead bulkhead = new Bulkhead();
  private volatile boolean closed;

  /**
   * @param executor calls the host, which may not come back
   */
  HostEvents(HostContext host, Executor executor) {
    this.host = host;
    this.executor = executor;
  }

  /** Tells the host, soon. Does not block. */
  @Override
  public void accept(PluginEvent event) {
    executor.execute(() -> publish(event));
  }

  private void publish(PluginEvent event) {
    if (closed) {
      return;
    }
    if (!bulkhead.enter()) {
      LOG.debug("An event is dropped: the host has not come back from others");
      return;
    }
    try {
      host.publish(event);
    } catch (Throwable thrown) {
      // A host that cannot show an event must not keep its tasks from going on.
      Barrier.report("The host's publish", thrown);
    } finally {
      bulkhead.leave();
    }
  }

  /** The host is told nothing any more. */
  void close() {
    closed = true;
  }
}
