package dev.sideline.background.simulation;

import dev.sideline.api.Failure;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest.Kind;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The agents in the sessions: they write, use tools, ask, fail, hang, and launch tasks. */
final class SimulatedAgents {

  private final VirtualTime time;
  private final SeededRandom random;
  private final SimulatedHost host;
  private final Callers callers;
  private final FaultProfile profile;
  private final Set<ModelRef> badModels = new HashSet<>();
  private final Weighted<Consumer<SimulatedSession>> acts = new Weighted<>();
  private boolean calm;
  private long last;

  SimulatedAgents(
      VirtualTime time,
      SeededRandom random,
      SimulatedHost host,
      Callers callers,
      FaultProfile profile) {
    this.time = time;
    this.random = random;
    this.host = host;
    this.callers = callers;
    this.profile = profile;
    for (ModelRef model : WorkloadGenerator.MODELS) {
      if (random.chance(profile.badModels())) {
        badModels.add(model);
      }
    }
    acts.add(6, this::finish)
        .add(3, this::write)
        .add(2, this::useTool)
        .add(3 * profile.loops(), this::repeatItself)
        .add(2 * profile.loops(), this::pollItself)
        .add(5 + 30 * profile.zeal(), session -> call(session, callers::launch))
        .add(1, session -> call(session, callers::output, true, new int[] {1}))
        .add(1, session -> call(session, callers::cancel))
        .add(4 * profile.messages(), session -> call(session, callers::send))
        .add(2 * profile.requests(), session -> call(session, callers::answer))
        .add(profile.chats(), session -> call(session, callers::list))
        .add(profile.chats(), session -> call(session, callers::clearNotices))
        .add(2 * profile.chats(), this::callSeveral)
        .add(1, this::manyRounds)
        .add(1 + 3 * profile.spending(), this::spend)
        .add(1, this::retry)
        .add(profile.retries(), this::retryForLong)
        .add(3 * profile.requests(), this::ask)
        .add(1, this::seemIdle)
        .add(1, session -> host.finish(session, null, new Failure("model_error", "it said no")))
        .add(1, session -> goOn(session, random.between(5_000, 40_000)))
        .add(profile.silences(), this::fallSilent)
        .add(2 * profile.ownChildren(), this::createChild);
  }

  /** From now on, agents come to their end at their next opportunity. */
  void calmDown() {
    calm = true;
  }

  /** An agent was set to work. */
  void begin(SimulatedSession session) {
    if (!calm && random.chance(0.2 * profile.deafness())) {
      session.deafUntil = time.millis() + random.between(1_000, 40_000);
    }
    Prompt prompt = session.prompt;
    boolean bad = prompt != null && prompt.model() != null && badModels.contains(prompt.model());
    if (!calm && bad && random.chance(0.9)) {
      Consumer<SimulatedSession> fail =
          random.chance(0.7)
              ? failing -> host.finish(failing, null, new Failure("model_error", "it is broken"))
              : this::retryForLong;
      later(session, random.between(20, 5_000), () -> fail.accept(session));
      return;
    }
    goOn(session, random.between(20, 2_000));
  }

  private void goOn(SimulatedSession session, long delay) {
    later(session, delay, () -> act(session));
  }

  private void act(SimulatedSession session) {
    if (calm) {
      finish(session);
    } else {
      random.pick(acts).accept(session);
    }
  }

  private void write(SimulatedSession session) {
    session.write("words_" + ++last + " ");
    host.part(session, null);
    goOn(session, random.between(50, 3_000));
  }

  private void finish(SimulatedSession session) {
    boolean cutOff = !calm && random.chance(0.05);
    String json = null;
    if (random.chance(0.9)) {
      Prompt prompt = session.prompt;
      boolean wanted = prompt != null && prompt.resultSchema() != null;
      json = wanted && random.chance(0.5) ? "{\"n\":" + random.between(0, 9) + "}" : null;
      last++;
      session.write(random.chance(0.5) ? "done_" + last + "." : "{\"n\":" + last + "}");
      host.part(session, null);
    }
    end(session, cutOff ? "length" : "stop", json);
  }

  /** Its message has come to its end; it goes on if there is more for it to do. */
  private void end(SimulatedSession session, String finish, @Nullable String json) {
    int turn = session.turn;
    host.finish(session, finish, null, json);
    if (session.inTurn(turn)) {
      goOn(session, random.between(50, 1_000));
    }
  }

  /** Many messages, each with tool calls. */
  private void manyRounds(SimulatedSession session) {
    for (int i = random.between(1, 12); i > 0; i--) {
      session.complete(time.instant(), "tool-calls", null, null);
      host.updated(session);
      host.beginAnswer(session);
    }
    goOn(session, random.between(50, 1_000));
  }

  private void spend(SimulatedSession session) {
    int much = random.between(1, 12);
    session.spend(new Usage(10L * much, 5L * much, much, 0, 0, 0.01 * much));
    host.updated(session);
    goOn(session, random.between(50, 1_000));
  }

  private void seemIdle(SimulatedSession session) {
    // Said, but not so.
    host.tell(new SessionEvent.Idle(session.id()));
    goOn(session, random.between(50, 1_000));
  }

  /** Nothing is heard of it, although it is at work. */
  private void fallSilent(SimulatedSession session) {
    goOn(session, random.between(30_000, 600_000));
  }

  // --- tools

  private void useTool(SimulatedSession session) {
    useTool(session, "{\"n\":" + random.between(0, 99) + "}", () -> goOn(session, pause()));
  }

  /** The same call with the same arguments, again and again. */
  private void repeatItself(SimulatedSession session) {
    repeat(session, random.between(2, 9));
  }

  /** It looks in the same words how far its own tasks are, which is no loop. */
  private void pollItself(SimulatedSession session) {
    String tool = random.chance(0.5) ? "background_output" : "mcp__sideline__background_list";
    poll(session, tool, random.between(2, 9));
  }

  private void poll(SimulatedSession session, String tool, int times) {
    if (calm || times == 0) {
      goOn(session, pause());
    } else {
      useTool(session, tool, "{}", () -> poll(session, tool, times - 1));
    }
  }

  private void repeat(SimulatedSession session, int times) {
    if (calm || times == 0) {
      goOn(session, pause());
    } else {
      useTool(session, "{\"n\":\"same\"}", () -> repeat(session, times - 1));
    }
  }

  private void useTool(SimulatedSession session, String arguments, Runnable then) {
    useTool(session, "grep", arguments, then);
  }

  private void useTool(SimulatedSession session, String tool, String arguments, Runnable then) {
    String call = "call_" + ++last;
    use(session, call, tool, ToolUse.State.RUNNING, arguments);
    later(
        session,
        random.between(50, 5_000),
        () -> {
          use(session, call, tool, ToolUse.State.COMPLETED, arguments);
          then.run();
        });
  }

  /** A call of a tool of the plugin. */
  private interface PluginTool {
    void call(String caller, Callers.Then then);
  }

  private void call(SimulatedSession session, PluginTool tool) {
    call(session, tool, false, new int[] {1});
  }

  /** Some at once, and it goes on when all have answered. */
  private void callSeveral(SimulatedSession session) {
    int[] open = {random.between(2, 3)};
    for (int i = open[0]; i > 0; i--) {
      boolean output = random.chance(0.6);
      call(session, output ? callers::output : callers::launch, output, open);
    }
  }

  /**
   * @param output whether it may be kept waiting, which frees its slot
   * @param open how many calls it has made at once, and waits for
   */
  private void call(SimulatedSession session, PluginTool tool, boolean output, int[] open) {
    String call = "call_" + ++last;
    int turn = session.turn;
    session.outputs += output ? 1 : 0;
    use(session, call, "background", ToolUse.State.RUNNING, "{\"n\":" + last + "}");
    tool.call(
        session.id(),
        answered -> {
          if (session.inTurn(turn)) {
            session.outputs -= output ? 1 : 0;
            session.unbidden |= output && !answered;
            use(session, call, "background", ToolUse.State.COMPLETED, "");
            if (--open[0] == 0) {
              goOn(session, pause());
            }
          }
        });
  }

  private void use(
      SimulatedSession session, String call, String tool, ToolUse.State state, String arguments) {
    ToolUse use = new ToolUse(call, tool, state, arguments, "");
    session.use(use);
    host.part(session, use);
  }

  private int pause() {
    return random.between(50, 1_000);
  }

  // --- models, requests, sessions

  private void retry(SimulatedSession session) {
    retry(session, 1, 1);
  }

  private void retryForLong(SimulatedSession session) {
    retry(session, 1, random.between(3, 40));
  }

  private void retry(SimulatedSession session, int attempt, int last) {
    long delay = random.between(1_000, 30_000);
    boolean told = random.chance(0.8);
    host.changed(
        session,
        SessionStatus.retrying(
            attempt, "overloaded", told ? time.instant().plusMillis(delay) : null));
    later(
        session,
        delay,
        () -> {
          host.changed(session, SessionStatus.BUSY);
          if (attempt < last && !calm) {
            later(session, pause(), () -> retry(session, attempt + 1, last));
          } else {
            goOn(session, pause());
          }
        });
  }

  private void ask(SimulatedSession session) {
    for (int i = random.chance(0.8) ? 1 : 2; i > 0; i--) {
      Kind kind = random.chance(0.6) ? Kind.PERMISSION : Kind.QUESTION;
      host.requests().ask(session, kind, reply -> answered(session, reply));
    }
  }

  private void answered(SimulatedSession session, Reply reply) {
    if (reply instanceof Reply.Reject refusal && refusal.message() == null) {
      refused(session);
    } else if (reply instanceof Reply.Reject && random.chance(0.5)) {
      later(session, pause(), () -> end(session, "stop", null));
    } else {
      goOn(session, pause());
    }
  }

  /** Without a word as to why: then the host ends its work there. */
  private void refused(SimulatedSession session) {
    session.wasStopped = true;
    use(session, "call_" + ++last, "bash", ToolUse.State.FAILED, "{\"n\":" + last + "}");
    end(session, "tool-calls", null);
  }

  /** A session that the host itself creates under another, and sets to work. */
  private void createChild(SimulatedSession session) {
    String child = "own_" + ++last;
    host.addSession(child, session.id());
    later(
        session,
        random.between(10, 1_000),
        () -> {
          if (host.find(child) != null) {
            host.say(child, "do something");
          }
        });
    goOn(session, random.between(100, 4_000));
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
