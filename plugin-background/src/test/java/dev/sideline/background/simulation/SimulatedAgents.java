package dev.sideline.background.simulation;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.util.List;

/** The agents in the sessions: they write, use tools, ask, fail, hang, and launch tasks. */
final class SimulatedAgents {

  private final VirtualTime time;
  private final Dice dice;
  private final SimulatedHost host;
  private final Callers callers;
  private final double zeal;
  private boolean calm;
  private long lastCall;

  SimulatedAgents(VirtualTime time, Dice dice, SimulatedHost host, Callers callers) {
    this.time = time;
    this.dice = dice;
    this.host = host;
    this.callers = callers;
    this.zeal = dice.chance(0.5) ? 0 : dice.between(1, 4) / 10.0;
  }

  /** From now on, agents come to their end at their next opportunity. */
  void calmDown() {
    calm = true;
  }

  /** An agent was set to work. */
  void begin(SimulatedSession session) {
    if (!calm && dice.chance(0.08)) {
      session.deafUntil = time.millis() + dice.between(1_000, 20_000);
    }
    goOn(session, dice.between(20, 2_000));
  }

  private void goOn(SimulatedSession session, long delay) {
    int turn = session.turn;
    time.after(
        delay,
        () -> {
          if (session.inTurn(turn)) {
            act(session);
          }
        });
  }

  private void act(SimulatedSession session) {
    if (calm) {
      finish(session);
      return;
    }
    if (dice.chance(zeal)) {
      call(session, () -> callers.launch(session.id(), back(session)));
      return;
    }
    switch (dice.between(0, 23)) {
      case 0, 1, 2 -> {
        session.write("words ");
        host.part(session, null);
        goOn(session, dice.between(50, 3_000));
      }
      case 3, 4 -> useTool(session);
      case 5, 6, 7, 8, 9 -> call(session, () -> callers.launch(session.id(), back(session)));
      case 10 -> call(session, () -> callers.output(session.id(), back(session)));
      case 11 -> call(session, () -> callers.cancel(session.id(), back(session)));
      case 12 -> {
        for (int i = dice.between(1, 12); i > 0; i--) {
          session.complete(time.instant(), "tool-calls", null);
          host.updated(session);
          host.beginAnswer(session);
        }
        goOn(session, dice.between(50, 1_000));
      }
      case 13 -> {
        session.spend(new Usage(10, 5, 0, 0, 0, 0.01));
        host.updated(session);
        goOn(session, dice.between(50, 1_000));
      }
      case 14 -> retry(session);
      case 15 -> ask(session);
      case 16 -> {
        // Idle in passing: said, but not so.
        host.tell(new SessionEvent.Idle(session.id()));
        goOn(session, dice.between(50, 1_000));
      }
      case 17 -> host.finish(session, null, new Failure("model_error", "the model said no"));
      case 18 -> goOn(session, dice.between(5_000, 40_000));
      default -> finish(session);
    }
  }

  private void finish(SimulatedSession session) {
    int turn = session.turn;
    if (dice.chance(0.9)) {
      session.write("done.");
      host.part(session, null);
    }
    host.finish(session, "stop", null);
    if (session.inTurn(turn)) {
      goOn(session, dice.between(50, 1_000));
    }
  }

  private void useTool(SimulatedSession session) {
    String call = "call_" + ++lastCall;
    use(session, new ToolUse(call, "grep", ToolUse.State.RUNNING));
    later(
        session,
        dice.between(50, 5_000),
        () -> {
          use(session, new ToolUse(call, "grep", ToolUse.State.COMPLETED));
          goOn(session, dice.between(50, 1_000));
        });
  }

  /** A tool of the plugin: the agent goes on when it has answered. */
  private void call(SimulatedSession session, Runnable tool) {
    use(session, new ToolUse("call_" + ++lastCall, "background", ToolUse.State.RUNNING));
    tool.run();
  }

  private Runnable back(SimulatedSession session) {
    String call = "call_" + lastCall;
    int turn = session.turn;
    String answer = session.answer().id();
    return () -> {
      if (session.inTurn(turn) && session.answer().id().equals(answer)) {
        use(session, new ToolUse(call, "background", ToolUse.State.COMPLETED));
        goOn(session, dice.between(50, 1_000));
      }
    };
  }

  private void retry(SimulatedSession session) {
    host.changed(session, SessionStatus.retrying(1, "overloaded", null));
    later(
        session,
        dice.between(1_000, 30_000),
        () -> {
          host.changed(session, SessionStatus.BUSY);
          goOn(session, dice.between(50, 1_000));
        });
  }

  private void ask(SimulatedSession session) {
    String request = "req_" + ++lastCall;
    host.tell(
        new SessionEvent.RequestAsked(
            new PendingRequest(
                request, session.id(), PendingRequest.Kind.PERMISSION, "may it?", List.of())));
    later(
        session,
        dice.between(100, 20_000),
        () -> {
          host.tell(new SessionEvent.RequestAnswered(session.id(), request));
          goOn(session, dice.between(50, 1_000));
        });
  }

  private void use(SimulatedSession session, ToolUse use) {
    session.use(use);
    host.part(session, use);
  }

  private void later(SimulatedSession session, long delay, Runnable then) {
    int turn = session.turn;
    time.after(
        delay,
        () -> {
          if (session.inTurn(turn)) {
            then.run();
          }
        });
  }
}
