package dev.sideline.background.simulation;

import dev.sideline.background.engine.EngineAudit;
import dev.sideline.background.engine.RecordAudit;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.runtime.UnthreadedRuntime;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A process that the plugin runs in. When it has ended, it does nothing more, and what is on its
 * way to it gets lost.
 */
final class SimulatedProcess {

  /** They are read field by field, which takes longer than the step. */
  private static final int STEPS_BETWEEN_AUDITS = 7;

  private final VirtualTime time;
  private final UnaryOperator<Input> faults;
  private final Runnable onCrash;
  private final UnthreadedRuntime runtime;
  private final EngineAudit books;
  private @Nullable RecordAudit record;
  private boolean ended;
  private int steps;
  private long wakeAt = Long.MAX_VALUE;

  /**
   * @param runtime makes what runs in it, of its mailbox and of what wakes it
   * @param faults may make an input another before it is taken
   * @param onCrash learns that it ends in the middle of a step
   */
  SimulatedProcess(
      VirtualTime time,
      BiFunction<Consumer<Input>, Runnable, UnthreadedRuntime> runtime,
      UnaryOperator<Input> faults,
      Runnable onCrash) {
    this.time = time;
    this.faults = faults;
    this.onCrash = onCrash;
    this.runtime = runtime.apply(this::put, () -> time.after(0, () -> run(this::advance)));
    this.books = new EngineAudit(this.runtime.engine());
  }

  TaskEngine engine() {
    return runtime.engine();
  }

  /** Whether everything is recorded and its effects are begun. */
  boolean idle() {
    return runtime.idle();
  }

  /** Begins with what was recorded. */
  void begin(Recorded recorded) {
    run(() -> runtime.restore(recorded));
  }

  /** Puts something in, which is taken after all that is just being done. */
  void put(Input input) {
    time.after(0, () -> run(() -> runtime.take(faults.apply(input))));
  }

  /** Ends it, between two steps or in the middle of one. */
  void end() {
    ended = true;
  }

  private void run(Runnable what) {
    if (ended) {
      return;
    }
    try {
      what.run();
      scheduleWake();
    } catch (Crash crash) {
      onCrash.run();
    }
  }

  private void advance() {
    runtime.advance();
  }

  private void scheduleWake() {
    long due = runtime.nextDue();
    if (due < wakeAt) {
      wakeAt = due;
      time.at(due, () -> wake(due));
    }
  }

  private void wake(long due) {
    if (wakeAt == due) {
      wakeAt = Long.MAX_VALUE;
      run(this::advance);
    }
  }

  // --- its books

  /** Its engine has begun with what was recorded. */
  void restored(Recorded recorded, Step step) {
    record = new RecordAudit(engine(), recorded);
    taken(step, true);
  }

  /**
   * It has taken a step.
   *
   * @param audit whether its books are audited now, and not only now and then
   */
  void taken(Step step, boolean audit) {
    if (record != null) {
      record.record(step.changes());
      if (audit || ++steps % STEPS_BETWEEN_AUDITS == 0) {
        books.audit();
        record.audit();
      }
    }
  }

  /** Audits what is left when nothing is live or owed any more. */
  void auditEnd() {
    books.auditEnd();
  }
}
