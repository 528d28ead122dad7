package dev.sideline.background.engine.model;

import java.util.List;

/**
 * Something that is due at a time, as data: it can be printed and compared, and is made again from
 * what is recorded.
 */
public sealed interface TimedEvent {

  /** Hands this to the method that does what is due. */
  void dispatch(Handler handler);

  /** Does what is due. */
  interface Handler {

    void due(ProbeDue due);

    void due(AbortDue due);

    void due(StopReminder due);

    void due(GraceEnd due);

    void due(DependencyFailure due);

    void due(BrokenStart due);

    void due(OpenRetry due);

    void due(MessageRetry due);

    void due(NextMessage due);

    void due(WaitTimeout due);

    void due(WaitProgress due);

    void due(NotificationDue due);

    void due(NotificationRetry due);

    void due(ResultsExpire due);

    void due(WatchdogRound due);

    void due(ReconcileBeat due);

    void due(RepairDue due);
  }

  /** The session of a task is probed. */
  record ProbeDue(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** The session of a task that is being stopped is told so again. */
  record AbortDue(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** Half of a task's grace is over, and nothing may have been heard of what it was told. */
  record StopReminder(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A task that was told to stop is given up. */
  record GraceEnd(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A task ends because one that it was to follow has not succeeded. */
  record DependencyFailure(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /**
   * A task ends whose start has broken off. It does so in a step of its own, lest its end be lost
   * with its launch if that cannot be recorded.
   */
  record BrokenStart(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** The session of a task is created again. */
  record OpenRetry(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** The last message of a task is given to the host again. */
  record MessageRetry(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** The next message of a task is given, which could not be before. */
  record NextMessage(LiveTask live) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A call has waited for as long as it may. */
  record WaitTimeout(long call) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A call that waits is told how far what it waits for is. */
  record WaitProgress(long call) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A parent is told what it can be told then. */
  record NotificationDue(ParentSession parent) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** A notice that has not arrived is tried again. */
  record NotificationRetry(ParentSession parent, InFlightNotification notification)
      implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** Settled tasks have been readable for as long as they may. */
  record ResultsExpire() implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** All tasks are looked at for what takes too long. */
  record WatchdogRound() implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** The host is asked for what its sessions do. */
  record ReconcileBeat() implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }

  /** What a launch has left out of order is put in order. */
  record RepairDue(List<Throwable> defects) implements TimedEvent {
    @Override
    public void dispatch(Handler handler) {
      handler.due(this);
    }
  }
}
