package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that takes its time, sometimes fails or does not answer, and may be full. */
final class SimulatedStore implements TaskStore {

  /** How often a recording that has failed has been made all the same, of 1. */
  private static final double UNCERTAIN = 0.3;

  /** How long it takes at most to find something. */
  private static final int READING_MILLIS = 60;

  private final VirtualTime time;
  private final SeededRandom random;
  private final Journal journal;
  private final MemoryTaskStore memory = new MemoryTaskStore();
  private final Set<String> recorded = new HashSet<>();
  private final Map<TaskId, Integer> activations = new HashMap<>();
  private final List<Runnable> hung = new ArrayList<>();

  /** What is to be recorded, and is not yet. */
  private final Set<Saving> underWay = new LinkedHashSet<>();

  private int maxSaveMillis = 60;
  private double faults;
  private boolean hanging;
  private boolean full;

  /** Whether it has said that it takes nothing for good, and taken nothing since. */
  private boolean neverSaid;

  /** How many recordings are still to be made until all is recorded that was told meanwhile. */
  private int toCatchUp;

  private long failedMillis;

  /** How many processes have ended. */
  private int ends;

  /** Changes that it was given. */
  private static final class Saving {
    private final Changes changes;
    private final boolean fails;
    private final CompletableFuture<SaveResult> saved = new CompletableFuture<>();

    private Saving(Changes changes, boolean fails) {
      this.changes = changes;
      this.fails = fails;
    }
  }

  /** How many finished tasks are loaded, the newest; -1 if the record outlives no process. */
  private final int maxLoaded;

  /**
   * @param maxLoaded how many finished tasks are loaded, the newest, if the record is durable; -1
   *     if it is not
   */
  SimulatedStore(VirtualTime time, SeededRandom random, Journal journal, int maxLoaded) {
    this.time = time;
    this.random = random;
    this.journal = journal;
    this.maxLoaded = maxLoaded;
  }

  /** How often a recording fails, of 1. */
  void faults(double probability) {
    faults = probability;
  }

  /** How long a recording takes at most. */
  void slow(int millis) {
    maxSaveMillis = millis;
  }

  /** From now on it does not answer, or answers all that it has not. */
  void hang(boolean on) {
    hanging = on;
    if (!on) {
      failedMillis = time.millis();
      List<Runnable> answers = List.copyOf(hung);
      hung.clear();
      answers.forEach(Runnable::run);
    }
  }

  /** From now on it takes nothing, or takes all again. */
  void fill(boolean on) {
    full = on;
  }

  boolean isFull() {
    return full;
  }

  /** Whether it answers at all, so that what is in it can be loaded. */
  boolean isDown() {
    return hanging || faults >= 1;
  }

  /**
   * Whether something may have been told that is not recorded, and is to be told once more then.
   */
  boolean mayLackWhatWasTold() {
    return full || toCatchUp > 0;
  }

  /**
   * Whoever has it record ends: what is under way is recorded or not, from then on for ever.
   *
   * @return whether something was under way
   */
  boolean processEnds() {
    ends++;
    boolean any = !underWay.isEmpty();
    hung.clear();
    for (Saving saving : List.copyOf(underWay)) {
      underWay.remove(saving);
      if (!full && random.chance(0.5)) {
        record(saving.changes);
      }
    }
    return any;
  }

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    Saving saving = new Saving(changes, random.chance(faults));
    underWay.add(saving);
    time.after(
        random.delay(maxSaveMillis),
        () -> {
          if (hanging) {
            failedMillis = time.millis();
            hung.add(() -> answer(saving));
          } else {
            answer(saving);
          }
        });
    return saving.saved;
  }

  private void answer(Saving saving) {
    if (underWay.remove(saving)) {
      boolean unused = answer(saving.changes, saving.fails, saving.saved);
    }
  }

  private boolean answer(Changes changes, boolean fails, CompletableFuture<SaveResult> saved) {
    if (!full && !fails) {
      neverSaid = false;
      toCatchUp = Math.max(0, toCatchUp - 1);
      record(changes);
      return saved.complete(SaveResult.DONE);
    }
    failedMillis = time.millis();
    journal.note("store", "failed to record " + changes);
    if (full) {
      neverSaid = true;
      toCatchUp = 2;
      return saved.complete(new SaveResult.Never("the disk is full", Set.of()));
    }
    if (random.chance(UNCERTAIN)) {
      record(changes);
    }
    return random.chance(0.5)
        ? saved.complete(new SaveResult.TryAgain("not now"))
        : saved.completeExceptionally(new IllegalStateException("it broke off"));
  }

  private void record(Changes changes) {
    changes.created().forEach(row -> recorded.add(row.id().value()));
    changes.created().forEach(row -> activations.put(row.id(), row.state().activation()));
    changes.moved().forEach(row -> activations.merge(row.task(), row.activation(), Math::max));
    changes.owed().forEach(row -> recorded.add(row.messageId()));
    changes.renamed().forEach(renaming -> recorded.add(renaming.now()));
    memory.save(changes).toCompletableFuture().join();
  }

  /** Whether a recording has failed since a time, so that what was to be done then was not. */
  boolean hasFailedSince(long millis) {
    return failedMillis >= millis || hanging || full;
  }

  /** What an effect is about must have been recorded before. */
  void checkRecorded(Effect effect) {
    if (effect instanceof Effect.OpenSession open) {
      check(open.task().id().value(), effect);
    } else if (effect instanceof Effect.SendPrompt send) {
      check(send.task().id().value(), effect);
      if (activations.getOrDefault(send.task().id(), 0) < send.task().activation()) {
        throw new BrokenPromise("P1: prompted before that was recorded: " + effect);
      }
    } else if (effect instanceof Effect.SendNotice send) {
      // What a store does not take for good is told all the same.
      if (!neverSaid) {
        check(send.notice().messageId(), effect);
      }
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
  public boolean isDurable() {
    return maxLoaded >= 0;
  }

  @Override
  public CompletionStage<Lookup.Found> find(Lookup lookup) {
    CompletableFuture<Lookup.Found> found = new CompletableFuture<>();
    int asked = ends;
    time.after(
        random.delay(READING_MILLIS),
        () -> {
          if (asked != ends) {
            return; // Who has asked is not there any more.
          }
          if (isDown() || random.chance(faults)) {
            journal.note("store", "failed to find " + lookup);
            found.completeExceptionally(new IllegalStateException("it cannot be read now"));
          } else {
            found.complete(memory.find(lookup).toCompletableFuture().join());
          }
        });
    return found;
  }

  /** Whether a task is recorded as one that is finished and owed to nobody. */
  boolean hasClosed(TaskId id) {
    return !memory.find(new Lookup.ById(id)).toCompletableFuture().join().tasks().isEmpty();
  }

  /** All that is recorded. */
  Recorded everything() {
    return memory.load().toCompletableFuture().join();
  }

  /** What another process begins with. */
  @Override
  public CompletionStage<Recorded> load() {
    return CompletableFuture.completedStage(isDurable() ? memory.load(maxLoaded) : everything());
  }

  @Override
  public void close() {
    memory.close();
  }
}
