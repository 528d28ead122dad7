package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.protocol.Input;

/** The calls of agents: each goes to the part that answers it. */
public final class AgentCallHandler implements Input.AgentCalls {

  private final LaunchHandler launches;
  private final ReadHandler reads;
  private final CancelHandler cancels;
  private final SendHandler sends;
  private final ClearHandler clears;
  private final WaitingCalls waitingCalls;

  public AgentCallHandler(
      LaunchHandler launches,
      ReadHandler reads,
      CancelHandler cancels,
      SendHandler sends,
      ClearHandler clears,
      WaitingCalls waitingCalls) {
    this.launches = launches;
    this.reads = reads;
    this.cancels = cancels;
    this.sends = sends;
    this.clears = clears;
    this.waitingCalls = waitingCalls;
  }

  @Override
  public void take(Input.Launch launch) {
    launches.launch(launch);
  }

  @Override
  public void take(Input.CatchUp call) {
    reads.catchUp(call);
  }

  @Override
  public void take(Input.Output output) {
    reads.output(output);
  }

  @Override
  public void take(Input.ListTasks list) {
    reads.list(list);
  }

  @Override
  public void take(Input.Cancel cancel) {
    cancels.cancel(cancel);
  }

  @Override
  public void take(Input.Send send) {
    sends.send(send);
  }

  @Override
  public void take(Input.AnswerRequest answer) {
    sends.answerRequest(answer);
  }

  @Override
  public void take(Input.ClearNotices clear) {
    clears.clearNotices(clear);
  }

  @Override
  public void take(Input.ClearOwn clear) {
    clears.clearOwn(clear);
  }

  @Override
  public void take(Input.ClearCompleted clear) {
    clears.clearCompleted(clear);
  }

  @Override
  public void take(Input.CallAbandoned abandoned) {
    waitingCalls.abandon(abandoned.call());
  }
}
