package dev.sideline.background.runtime;

import dev.sideline.api.SessionClient;
import java.time.Duration;

/** Guarded clients that call the host on the thread of whoever calls them. */
final class InlineClients {

  private InlineClients() {}

  /** One for which no time passes. */
  static GuardedSessionClient around(SessionClient host) {
    return new GuardedSessionClient(
        host, host::newMessageId, Runnable::run, Duration.ofSeconds(60), () -> 0);
  }
}
