package dev.sideline.host;

import dev.sideline.api.SessionClient;

/** A source of sessions: a client to reach them and a stream of their events. */
public interface SessionRuntime extends AutoCloseable {

  SessionClient sessions();

  /** Starts the event stream; called once. Events arrive on one thread at a time. */
  void start(EventSink sink);

  /** Ends the stream and everything that this runtime started. Idempotent, bounded in time. */
  @Override
  void close();
}
