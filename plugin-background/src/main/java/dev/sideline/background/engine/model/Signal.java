package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a task in this step, and that other parts of the engine have to
 * react to. What has happened is complete when it is signalled; nobody reacts in the middle of it.
 */
public sealed interface Signal {

  /** Hands this to the reaction. */
  void dispatch(Handler handler);

  /** Reacts. */
  interface Handler {

    void on(Moved signal);

    void on(AttentionRequested signal);

    void on(Settled signal);

    void on(Discarded signal);

    void on(Dropped signal);

    void on(ParentClosed signal);

    void on(Retired signal);

    void on(ParentIdle signal);

    void on(ProbeWanted signal);

    void on(MessageTaken signal);

    void on(MessageLost signal);

    void on(DeadlineSet signal);

    void on(SendCompleted signal);

    void on(ReplyCompleted signal);
  }

  /** A task has moved to another state that is not terminal. */
  record Moved(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A task needs its parent. */
  record AttentionRequested(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A task has come to a terminal state. */
  record Settled(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A task was taken back, because it could not be recorded. */
  record Discarded(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A task was dropped, because it is another owner's. */
  record Dropped(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * Nobody is there any more to be told of a parent's tasks.
   *
   * @param settled those that have ended
   */
  record ParentClosed(ParentSession parent, List<LiveTask> settled) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** Nothing is owed for these tasks any more, and no task of their parent is live. */
  record Retired(List<LiveTask> settled) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A parent has stopped working, as far as is known. */
  record ParentIdle(ParentSession parent) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** It is to be seen how far a task is. */
  record ProbeWanted(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * The host has taken a message to a task.
   *
   * @param certain whether that is known
   */
  record MessageTaken(LiveTask live, boolean certain) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** A message has not arrived, so that what was seen before it counts again. */
  record MessageLost(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** Something was begun in a task that may take too long. */
  record DeadlineSet(LiveTask live) implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** It is known what became of a message that a call has sent. */
  record SendCompleted(LiveTask live, long call, SendStatus status, @Nullable String detail)
      implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }

  /** It is known what became of a call's answer to a request. */
  record ReplyCompleted(
      LiveTask live, String requestId, Replier replier, ReplyStatus status, @Nullable String detail)
      implements Signal {
    @Override
    public void dispatch(Handler handler) {
      handler.on(this);
    }
  }
}
