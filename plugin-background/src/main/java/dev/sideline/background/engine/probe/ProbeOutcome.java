package dev.sideline.background.engine.probe;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.protocol.ProbeResult;

/** What a probe means for its task, as far as something is to be done about it. */
public sealed interface ProbeOutcome {

  /** Nothing is to be done now; the next probe has its time, where one is needed. */
  ProbeOutcome NOTHING = new Nothing();

  /** Hands this to whoever acts on it. */
  void dispatch(LiveTask live, Handler handler);

  /** Acts on what probes mean. */
  interface Handler {

    void on(LiveTask live, Nothing outcome);

    void on(LiveTask live, NotFound outcome);

    void on(LiveTask live, Stopped outcome);

    void on(LiveTask live, InterruptEnded outcome);

    void on(LiveTask live, Finished outcome);

    void on(LiveTask live, WaitsForOwn outcome);

    void on(LiveTask live, Broken outcome);

    void on(LiveTask live, Interrupted outcome);

    void on(LiveTask live, AtWork outcome);

    void on(LiveTask live, Complained outcome);

    void on(LiveTask live, Unprompted outcome);

    void on(LiveTask live, Unanswered outcome);

    void on(LiveTask live, Lost outcome);
  }

  /** See {@link #NOTHING}. */
  record Nothing() implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The session does not exist any more. */
  record NotFound() implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The session of a task that was told to stop is quiet. */
  record Stopped(ProbeResult result) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /**
   * The agent was told to stop for a message, and that is over.
   *
   * @param quiet whether it has stopped; otherwise it would not
   */
  record InterruptEnded(boolean quiet) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The agent has given its answer. */
  record Finished(ProbeResult result) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /**
   * The agent has said something and waits for tasks of its own, which will wake it.
   *
   * @param beingWoken whether a notice that does so is on its way
   */
  record WaitsForOwn(boolean beingWoken) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /**
   * The agent's message has ended in an error.
   *
   * @param why what the error says
   */
  record Broken(ProbeResult result, String why) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** Somebody has stopped the agent in the host. */
  record Interrupted(ProbeResult result, String why) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The agent is at work, or waits for somebody in the middle of it. */
  record AtWork() implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /**
   * The session is idle, its agent has not answered, and it has told of an error.
   *
   * @param why what the error says
   * @param unprompted whether the prompt has never reached the session
   */
  record Complained(String why, boolean unprompted) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The session is idle, and the last message is not in it. */
  record Unprompted(ProbeResult result) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The session is idle, and has done nothing about the last message since a restart of ours. */
  record Unanswered(ProbeResult result) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }

  /** The session has been idle without an answer for as long as it may. */
  record Lost(ProbeResult result, String why) implements ProbeOutcome {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.on(live, this);
    }
  }
}
