package dev.sideline.host.embedded;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;

/** The embedded sessions keep the contract when they are recorded, too. */
class RecordedContractTest extends SessionClientContract {

  @TempDir private Path directory;

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    return new ScriptedCommands(directory, events, new TestDatabase(directory));
  }
}
