package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
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
  private final Bulkhead bulkhead = new Bulkhead();
  private volatile boolean closed;

  HostEvents(HostContext host) {
    this.host = host;
  }

  /** Tells the host, on the thread that calls this, which may not come back. Throws nothing. */
  @Override
  public void accept(PluginEvent event) {
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
