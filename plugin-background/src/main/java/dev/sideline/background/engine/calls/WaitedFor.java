package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.protocol.Answer.View;
import java.util.List;

/** What a call that waits is answered in the end, as data. */
public sealed interface WaitedFor {

  /**
   * How a wait has come to its end.
   *
   * @param inVain whether that was before what it waited for had come
   * @param heard whether whoever made the call may still read the answer
   */
  record End(boolean inVain, boolean heard) {}

  /** Hands this to whoever answers the call. */
  void answer(Handler handler, long call, End end);

  /** Answers calls that have waited. */
  interface Handler {

    void answer(long call, Output waited, End end);

    void answer(long call, Cancelled waited);

    void answer(long call, CancelledByOperator waited);
  }

  /**
   * It is shown tasks.
   *
   * @param before all of them as they were when it began to wait
   * @param held those of them that were not archived then
   */
  record Output(String caller, List<View> before, List<LiveTask> held) implements WaitedFor {
    @Override
    public void answer(Handler handler, long call, End end) {
      handler.answer(call, this, end);
    }
  }

  /**
   * It is told what became of tasks that it has cancelled.
   *
   * @param before the tasks that were told to stop, as they were then
   * @param over those that had ended before
   */
  record Cancelled(List<View> before, List<LiveTask> held, List<View> over) implements WaitedFor {
    @Override
    public void answer(Handler handler, long call, End end) {
      handler.answer(call, this);
    }
  }

  /** Whoever runs the host is told what became of a task that it has cancelled. */
  record CancelledByOperator(LiveTask live) implements WaitedFor {
    @Override
    public void answer(Handler handler, long call, End end) {
      handler.answer(call, this);
    }
  }
}
