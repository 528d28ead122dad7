package dev.sideline.background.engine.model;

import dev.sideline.api.Reply;

/** What a task wants a slot for, as data. */
public sealed interface SlotUse {

  /** A new task starts. */
  SlotUse START = new Start();

  /** The next message of a task is given to its session. */
  SlotUse MESSAGE = new NextMessage();

  /** Its agent is told of the tasks that it has launched. */
  SlotUse NOTIFY = new Notify();

  /** Hands this to the part that does it. */
  void dispatch(LiveTask live, Handler handler);

  /** Does what a slot was wanted for, now that the task has it. */
  interface Handler {

    void use(LiveTask live, Start use);

    void use(LiveTask live, NextMessage use);

    void use(LiveTask live, GiveReply use);

    void use(LiveTask live, AnswerWait use);

    void use(LiveTask live, Notify use);
  }

  /** See {@link #START}. */
  record Start() implements SlotUse {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.use(live, this);
    }
  }

  /** See {@link #MESSAGE}. */
  record NextMessage() implements SlotUse {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.use(live, this);
    }
  }

  /** A permission or question is answered, upon which its agent goes on. */
  record GiveReply(Request request, Reply reply) implements SlotUse {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.use(live, this);
    }
  }

  /** A call that its agent waits in is answered. */
  record AnswerWait(long call) implements SlotUse {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.use(live, this);
    }
  }

  /** See {@link #NOTIFY}. */
  record Notify() implements SlotUse {
    @Override
    public void dispatch(LiveTask live, Handler handler) {
      handler.use(live, this);
    }
  }
}
