package dev.sideline.background.simulation;

import dev.sideline.background.engine.Answer;
import dev.sideline.background.engine.Changes;
import dev.sideline.background.engine.Effect;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.TaskStore;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that takes its time, and sometimes fails. */
final class SimulatedStore implements TaskStore {

  private static final int MAX_SAVE_MILLIS = 60;

  private final VirtualTime time;
  private final SeededRandom random;
  private final Journal journal;
  private final MemoryTaskStore memory = new MemoryTaskStore();
  private final Set<String> recorded = new HashSet<>();
  private double faults;
  private long failedMillis;

  SimulatedStore(VirtualTime time, SeededRandom random, Journal journal) {
    this.time = time;
    this.random = random;
    this.journal = journal;
  }

  /** How often a recording fails, of 1. */
  void faults(double probability) {
    faults = probability;
  }

  @Override
  public CompletionStage<Void> save(Changes changes) {
    CompletableFuture<Void> saved = new CompletableFuture<>();
    boolean fails = random.chance(faults);
    time.after(
        random.delay(MAX_SAVE_MILLIS),
        () -> {
          if (fails) {
            failedMillis = time.millis();
            journal.note("store", "failed to record " + changes);
            boolean unused = saved.completeExceptionally(new IllegalStateException("disk full"));
          } else {
            changes.created().forEach(row -> recorded.add(row.id().value()));
            changes.owed().forEach(row -> recorded.add(row.messageId()));
            changes.renamed().forEach(renaming -> recorded.add(renaming.now()));
            CompletionStage<Void> done = memory.save(changes);
            boolean unused = saved.complete(done.toCompletableFuture().join());
          }
        });
    return saved;
  }

  /** Whether a recording has failed since a time, so that what was to be done then was not. */
  boolean hasFailedSince(long millis) {
    return failedMillis >= millis;
  }

  /** What an effect is about must have been recorded before. */
  void checkRecorded(Effect effect) {
    if (effect instanceof Effect.OpenSession open) {
      check(open.task().id().value(), effect);
    } else if (effect instanceof Effect.SendNotice send) {
      check(send.notice().messageId(), effect);
    } else if (effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.Launched launched) {
      check(launched.task().task().id().value(), effect);
    }
  }

  private void check(String id, Effect effect) {
    if (!recorded.contains(id)) {
      throw new BrokenPromise("P1: done before it was recorded: " + effect);
    }
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
