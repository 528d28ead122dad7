package dev.sideline.background.ledger;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that the ledger is told: a call of an agent, an answer of the host, an event, the
 * passing of time.
 *
 * <p>Calls carry a number by which {@link Effect.Reply} names them.
 */
public sealed interface Input {

  /** Hands this input to the method of the ledger that takes it. */
  void applyTo(Ledger ledger);

  // --- calls of agents; `caller` is the session that the host says it is

  /** Launch a task. */
  record Launch(long call, String caller, Assignment assignment) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().launch(this);
    }
  }

  /**
   * Show tasks, perhaps after waiting for them.
   *
   * @param refs task ids or child session ids; empty for all live tasks of the caller, and if there
   *     is none, for those that ended last
   * @param timeoutMillis how long to wait at most
   */
  record Output(long call, String caller, List<String> refs, WaitMode mode, long timeoutMillis)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().output(this);
    }
  }

  /**
   * Cancel tasks.
   *
   * @param refs task ids or child session ids; null for all live tasks of the caller's tree
   */
  record Cancel(long call, String caller, @Nullable List<String> refs, @Nullable String reason)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().cancel(this);
    }
  }

  /**
   * List the tasks of the caller's tree.
   *
   * @param status only those in this state; null for all
   */
  record ListTasks(long call, String caller, @Nullable TaskStatus status, int limit)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().list(this);
    }
  }

  /** Forget the finished tasks of the caller's tree, but those that its sessions are still owed. */
  record ClearCompleted(long call, String caller) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().clearCompleted(this);
    }
  }

  /** Nobody waits for the answer to a call any more. */
  record CallAbandoned(long call) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().abandoned(this);
    }
  }

  // --- answers of the host

  /** {@link Effect.OpenSession} succeeded. */
  record SessionOpened(TaskId task, String session) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.sessionOpened(this);
    }
  }

  /** {@link Effect.OpenSession} failed, and there is no session. */
  record OpenFailed(TaskId task, String message) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.openFailed(this);
    }
  }

  /** {@link Effect.SendPrompt} succeeded. */
  record Prompted(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.prompted(this);
    }
  }

  /** {@link Effect.SendPrompt} failed. */
  record PromptFailed(TaskId task, int activation, SessionException.Code code, String message)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.promptFailed(this);
    }
  }

  /** {@link Effect.Inspect} succeeded. */
  record Inspected(TaskId task, int activation, Finding finding) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.inspected(this);
    }
  }

  /** {@link Effect.Inspect} failed. */
  record InspectFailed(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.inspectFailed(this);
    }
  }

  /** {@link Effect.Abort} was taken, or failed; a look at the session tells which. */
  record AbortEnded(TaskId task) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.abortEnded(this);
    }
  }

  /** {@link Effect.FetchStatuses} succeeded. */
  record StatusesFetched(Map<String, SessionStatus> statuses) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.statusesFetched(this);
    }
  }

  /** {@link Effect.FetchStatuses} failed. */
  record StatusesFailed() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.statusesFailed();
    }
  }

  /** {@link Effect.SendNotice} succeeded, or {@link Effect.ProbeNotice} found it. */
  record NoticeArrived(String parent, String messageId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeArrived(this);
    }
  }

  /** {@link Effect.SendNotice} or {@link Effect.ProbeNotice} failed. */
  record NoticeFailed(String parent, String messageId, SessionException.Code code)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeFailed(this);
    }
  }

  /** {@link Effect.ProbeNotice} found that it never arrived. */
  record NoticeMissing(String parent, String messageId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeMissing(this);
    }
  }

  /** A launch could not be recorded; nothing of it has been done. */
  record NotStored(TaskId task, long call) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.notStored(this);
    }
  }

  // --- events, and time

  /** An event of the host. */
  record Observed(SessionEvent event) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.observed(event);
    }
  }

  /** Events may have been lost. */
  record EventsLost() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.eventsLost();
    }
  }

  /** Do what is due; see {@link Ledger#nextDue}. */
  record Tick() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.tick();
    }
  }

  /** Stop everything: no launch any more, all live tasks are cancelled, all calls are answered. */
  record Shutdown() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.shutdown();
    }
  }
}
