package dev.sideline.api.testing;

import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Ability;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import java.util.Set;
import java.util.function.Consumer;

/** A host that does only what every host has to keeps the contract, without faking the rest. */
class MinimalSessionClientContractTest extends SessionClientContract {

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    return new ScriptedBackend(events) {
      @Override
      public SessionClient sessions() {
        return new MinimalSessionClient(super.sessions());
      }

      @Override
      public Set<Ability> abilities() {
        return Set.of();
      }
    };
  }
}
