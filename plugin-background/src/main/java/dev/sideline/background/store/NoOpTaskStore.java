package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store that keeps nothing, for hosts that want no record on disk: what it kept in memory would
 * end with the process, as the tasks themselves do, and so would be of use to nobody.
 */
public final class NoOpTaskStore implements TaskStore {

  private static final CompletionStage<SaveResult> DONE =
      CompletableFuture.completedStage(SaveResult.DONE);

  private static final Contents NOTHING = new Contents(List.of(), List.of());

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    return DONE;
  }

  @Override
  public CompletionStage<Contents> load() {
    return CompletableFuture.completedStage(NOTHING);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
