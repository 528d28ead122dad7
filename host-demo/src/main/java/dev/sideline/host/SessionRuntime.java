package dev.sideline.host;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;

/** A source of sessions: a client to reach them and a stream of their events. */
public interface SessionRuntime extends AutoCloseable {

  SessionClient sessions();

  /** Starts the event stream; called once. Events arrive on one thread at a time. */
  void start(EventSink sink);

  /**
   * Shows what a plugin has published, if it is for people to see and this runtime has a place
   * where they look. Best effort: returns at once, never throws, and drops what is too much.
   */
  default void show(PluginEvent event) {}

  /**
   * Tells the processes that this runtime has started to end, before whatever else has to be closed
   * first; none is started any more. Returns at once. {@link #close} waits for their end.
   * Idempotent.
   */
  default void beginClose() {}

  /** Ends the stream and everything that this runtime started. Idempotent, bounded in time. */
  @Override
  void close();
}
