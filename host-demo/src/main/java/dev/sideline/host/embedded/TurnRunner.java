package dev.sideline.host.embedded;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.host.Barrier;
import dev.sideline.host.embedded.store.SessionStore;
import dev.sideline.host.embedded.store.Surplus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What sessions do: takes prompts, has commands answer them one at a time in each session, and
 * stops them. Belongs to the thread of the sessions; what commands tell comes back to that thread.
 *
 * <p>What is sent to a working session waits; when the answer is there, the agent is started again
 * with all that has come meanwhile. A session to which nobody ever sent an agent has none: it holds
 * its messages and is idle at once.
 */
final class TurnRunner {

  private final EmbeddedSessions sessions;
  private final EmbeddedLimits limits;
  private final Clock clock;
  private final MessageIds ids;
  private final CommandLoop commands;
  private final CommandRequests requests;
  private final SessionRecord record;
  private final BooleanSupplier closing;
  private final Executor thread;
  private final Consumer<SessionEvent> events;
  private final Deletions deletions;

  TurnRunner(
      EmbeddedSessions sessions,
      EmbeddedLimits limits,
      Clock clock,
      MessageIds ids,
      CommandLoop commands,
      CommandRequests requests,
      SessionRecord record,
      BooleanSupplier closing,
      Executor thread,
      Consumer<SessionEvent> events) {
    this.sessions = sessions;
    this.limits = limits;
    this.clock = clock;
    this.ids = ids;
    this.commands = commands;
    this.requests = requests;
    this.record = record;
    this.closing = closing;
    this.thread = thread;
    this.events = events;
    this.deletions = new Deletions(sessions, record, events);
  }

  void prompt(Prompt prompt) {
    EmbeddedSession session = sessions.existing(prompt.sessionId());
    if (session.messages.has(prompt.messageId())) {
      workOnWhatWasLeft(session, prompt);
      return;
    }
    sessions.checkRecord();
    if (prompt.text().length() > limits.promptCharacters()) {
      throw new SessionException(
          SessionException.Code.INVALID,
          String.format(
              "a prompt may have %,d characters, got %,d",
              limits.promptCharacters(), prompt.text().length()));
    }
    String agent = prompt.agent() == null ? session.agent : prompt.agent();
    if (agent != null) {
      Assignment.check(session.tree.workplace.agent(agent), prompt.model(), prompt.variant());
    }
    session.agent = agent;
    session.model = prompt.model();
    session.variant = prompt.variant();
    session.unread.add(prompt.messageId(), prompt.text(), prompt.wake());
    Message message = userMessage(prompt, agent);
    sessions.add(session, message);
    events.accept(new SessionEvent.MessageUpdated(prompt.sessionId(), bare(message)));
    if (session.turn == null && prompt.wake()) {
      work(session);
    }
    record.changed(session);
  }

  /** The host may have ended before an agent was told of it. */
  private void workOnWhatWasLeft(EmbeddedSession session, Prompt prompt) {
    if (session.turn == null && prompt.wake() && session.unread.has(prompt.messageId())) {
      work(session);
    }
  }

  private void work(EmbeddedSession session) {
    if (session.agent == null) {
      session.unread.letSleep();
      becomeIdle(session);
      return;
    }
    AgentDefinition agent;
    try {
      agent = session.tree.workplace.agent(session.agent);
    } catch (SessionException noLongerThere) { // Its client has come back with other agents.
      Turn turn = addTurn(session, session.agent, session.model, List.of());
      session.unread.take();
      end(session, turn, String.valueOf(noLongerThere.getMessage()));
      return;
    }
    ModelRef model = session.model == null ? agent.model() : session.model;
    Turn turn = addTurn(session, agent.name(), model, Mark.of(agent));
    Barrier.run(
        "Starting agent " + agent.name(),
        () -> begin(session, turn, agent, model),
        thrown -> end(session, turn, "it could not be started: " + Barrier.describe(thrown)));
  }

  private Turn addTurn(
      EmbeddedSession session, String agent, @Nullable ModelRef model, List<Mark> marks) {
    String messageId = ids.next();
    AnswerReader answer = new AnswerReader("call_" + messageId, marks, limits.answerCharacters());
    Turn turn = new Turn(messageId, agent, model, clock.instant(), answer);
    sessions.begin(session, turn);
    return turn;
  }

  private void begin(
      EmbeddedSession session, Turn turn, AgentDefinition agent, @Nullable ModelRef model) {
    String sessionId = session.session.id();
    events.accept(new SessionEvent.StatusChanged(sessionId, SessionStatus.BUSY));
    events.accept(new SessionEvent.MessageUpdated(sessionId, bare(turn.soFar())));
    Assignment assignment =
        new Assignment(
            agent,
            sessionId,
            directory(agent, session.session),
            session.unread.take(),
            model,
            session.variant,
            session.tree.workplace.environment());
    CommandRun run =
        new CommandRun(assignment, turn.answer(), listener(session, turn), limits.stopGrace());
    // Not before it is recorded that it runs: a command of which nothing is known would run again.
    record.afterwards(
        () -> start(session, turn, run),
        failure -> end(session, turn, "it was not started: " + failure.getMessage()));
  }

  private void start(EmbeddedSession session, Turn turn, CommandRun run) {
    if (turn.aborted() || closing.getAsBoolean()) {
      end(session, turn, "it was not started");
      return;
    }
    turn.follow(record.follow(session, turn));
    turn.runsAs(run);
    commands.start(run);
  }

  private static Path directory(AgentDefinition agent, Session session) {
    Path own = agent.directory();
    return own == null ? Path.of(String.valueOf(session.directory())) : own;
  }

  private CommandListener listener(EmbeddedSession session, Turn turn) {
    return new CommandListener() {
      @Override
      public void progressed() {
        thread.execute(
            () -> {
              tellProgress(session, turn);
              requests.collect(session, turn);
            });
      }

      @Override
      public void ended(@Nullable String problem) {
        thread.execute(() -> end(session, turn, problem));
      }
    };
  }

  private void tellProgress(EmbeddedSession session, Turn turn) {
    turn.grown();
    String sessionId = session.session.id();
    List<ToolUse> news = turn.answer().takeToolNews();
    for (ToolUse use : news) {
      events.accept(new SessionEvent.PartUpdated(sessionId, turn.messageId(), use));
    }
    if (news.isEmpty()) {
      events.accept(new SessionEvent.PartUpdated(sessionId, turn.messageId(), null));
    }
  }

  private void end(EmbeddedSession session, Turn turn, @Nullable String problem) {
    Barrier.run("Telling of progress", () -> tellProgress(session, turn));
    if (!turn.beginEnd()) {
      return;
    }
    Failure failure = failure(turn, problem);
    Barrier.run("Withdrawing requests", () -> requests.withdraw(turn));
    Message answer = keep(session, turn, failure);
    // Whoever sees that it is over can rely on it.
    record.afterwards(() -> tellEnd(session, answer), notRecorded -> tellEnd(session, answer));
  }

  private @Nullable Failure failure(Turn turn, @Nullable String problem) {
    if (turn.aborted()) {
      return new Failure(Failure.ABORTED, "The command was stopped.");
    }
    if (problem != null && closing.getAsBoolean()) {
      return record.keeps()
          ? SessionStore.interruption(turn.asked())
          : new Failure(Failure.ABORTED, "The command was stopped.");
    }
    if (turn.problem() != null) {
      return new Failure("command_failed", turn.problem());
    }
    return problem == null ? null : new Failure("command_failed", problem);
  }

  /** Also where there is no room for it. */
  private Message keep(EmbeddedSession session, Turn turn, @Nullable Failure failure) {
    try {
      Message answer = turn.finished(clock.instant(), failure);
      sessions.finish(session, turn, answer);
      return answer;
    } catch (Throwable thrown) {
      Barrier.report("Keeping an answer", thrown);
      Message answer =
          turn.lost(
              clock.instant(),
              new Failure(
                  "command_failed", "its answer could not be kept: " + Barrier.describe(thrown)));
      sessions.finish(session, turn, answer);
      return answer;
    }
  }

  private void tellEnd(EmbeddedSession session, Message answer) {
    if (record.keeps() && closing.getAsBoolean() && !session.deleting) {
      return; // What follows from it is a matter of whoever opens the record next.
    }
    String sessionId = session.session.id();
    sessions.idle(session);
    events.accept(new SessionEvent.MessageUpdated(sessionId, bare(answer)));
    if (answer.failure() != null) {
      events.accept(new SessionEvent.Failed(sessionId, answer.failure()));
    }
    if (session.unread.wakes() && !session.deleting && !closing.getAsBoolean()) {
      work(session);
    } else {
      becomeIdle(session);
      deletions.complete();
    }
  }

  private void becomeIdle(EmbeddedSession session) {
    String sessionId = session.session.id();
    events.accept(new SessionEvent.StatusChanged(sessionId, SessionStatus.IDLE));
    events.accept(new SessionEvent.Idle(sessionId));
  }

  /** Stops a session; what was waiting in it does not wake its agent any more. */
  void abort(String sessionId) {
    sessions.find(sessionId).ifPresent(this::abort);
  }

  private void abort(EmbeddedSession session) {
    session.unread.letSleep();
    Turn turn = session.turn;
    if (turn != null) {
      turn.abort();
      requests.withdraw(turn);
      if (turn.run() != null) {
        commands.stop(turn.run());
      }
    }
  }

  /**
   * Removes a session and those below it, once they are quiet.
   *
   * @param done runs when they are gone
   * @param otherwise told why it is not certain that they will be
   */
  void delete(String sessionId, Runnable done, Consumer<SessionException> otherwise) {
    List<EmbeddedSession> tree = sessions.tree(sessionId);
    for (EmbeddedSession session : tree) {
      session.deleting = true;
      abort(session);
    }
    deletions.add(sessionId, done, otherwise);
  }

  /** Removes sessions in which and below which nobody works, or has worked since. */
  void purge(Surplus surplus) {
    for (String id : surplus.sessionIds()) {
      if (sessions.tree(id).stream()
          .allMatch(
              session -> session.turn == null && session.usedMillis <= surplus.asOfMillis())) {
        delete(id, () -> {}, failure -> {});
      }
    }
  }

  private Message userMessage(Prompt prompt, @Nullable String agent) {
    return new Message(
        prompt.messageId(),
        Message.Role.USER,
        clock.instant(),
        null,
        agent,
        prompt.model(),
        prompt.text(),
        List.of(),
        null,
        null,
        null,
        Usage.NONE);
  }

  /** As events carry it: without its parts. */
  private static Message bare(Message message) {
    return new Message(
        message.id(),
        message.role(),
        message.createdAt(),
        message.completedAt(),
        message.agent(),
        message.model(),
        "",
        List.of(),
        message.structured(),
        message.finish(),
        message.failure(),
        message.usage());
  }
}
