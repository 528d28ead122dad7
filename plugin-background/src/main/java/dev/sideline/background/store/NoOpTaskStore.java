package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Recorded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store that keeps nothing, for hosts that want no record on disk: what it kept in memory would
 * end with the process, as the tasks themselves do, and so would be of use to nobody.
 */
public final class NoOpTaskStore implements TaskStore {

  private static final CompletionStage<SaveResult> DONE =
      CompletableFuture.completedStage(SaveResult.DONE);

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    return DONE;
  }

  @Override
  public CompletionStage<Recorded> load() {
    return CompletableFuture.completedStage(Recorded.NOTHING);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
