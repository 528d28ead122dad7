package dev.sideline.examples.small;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import java.util.function.Consumer;

class SmallSessionsTest extends SessionClientContract {

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    return new SmallBackend(events);
  }
}
