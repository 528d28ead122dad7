package dev.sideline.background.simulation;

import dev.sideline.background.ledger.Changes;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.TaskStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that takes its time, and sometimes fails. */
final class SimulatedStore implements TaskStore {

  private static final int MAX_SAVE_MILLIS = 60;

  private final VirtualTime time;
  private final Dice dice;
  private final Journal journal;
  private final MemoryTaskStore memory = new MemoryTaskStore();
  private double faults;

  SimulatedStore(VirtualTime time, Dice dice, Journal journal) {
    this.time = time;
    this.dice = dice;
    this.journal = journal;
  }

  /** How often a recording fails, of 1. */
  void faults(double probability) {
    faults = probability;
  }

  @Override
  public CompletionStage<Void> save(Changes changes) {
    CompletableFuture<Void> saved = new CompletableFuture<>();
    boolean fails = dice.chance(faults);
    time.after(
        dice.delay(MAX_SAVE_MILLIS),
        () -> {
          if (fails) {
            journal.note("store", "failed to record " + changes);
            boolean unused = saved.completeExceptionally(new IllegalStateException("disk full"));
          } else {
            CompletionStage<Void> done = memory.save(changes);
            boolean unused = saved.complete(done.toCompletableFuture().join());
          }
        });
    return saved;
  }

  @Override
  public CompletionStage<Contents> load() {
    return memory.load();
  }

  @Override
  public void close() {
    memory.close();
  }
}
