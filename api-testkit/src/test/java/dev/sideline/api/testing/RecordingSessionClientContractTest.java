package dev.sideline.api.testing;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import java.util.function.Consumer;

/** The fake keeps the contract, so that what passes on it has a chance on a real host. */
class RecordingSessionClientContractTest extends SessionClientContract {

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    return new ScriptedBackend(events);
  }
}
