package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Effect;

/** Where the answers to calls go. */
interface Replies {

  void answer(Effect.Reply reply);

  /** Nobody has to watch a call. */
  default void progress(Effect.TellProgress progress) {}
}
