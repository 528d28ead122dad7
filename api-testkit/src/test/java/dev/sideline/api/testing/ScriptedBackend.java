package dev.sideline.api.testing;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Failure;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Errand;
import dev.sideline.api.contract.HeldErrand;
import dev.sideline.api.contract.SessionBackend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The fake with scripts that do what the contract's errands say. */
class ScriptedBackend implements SessionBackend {

  private final RecordingSessionClient sessions = new RecordingSessionClient();
  private final Map<String, Consumer<String>> errands = new ConcurrentHashMap<>();

  ScriptedBackend(Consumer<SessionEvent> events) {
    sessions.limitAgents("worker");
    sessions.offerAgents(
        new AgentCatalog(List.of(AgentInfo.offered("worker", "does as it is told")), "worker"));
    sessions.onEvent(events);
    sessions.onEvent(this::heed);
    sessions.onTurn(this::play);
  }

  private void play(Prompt prompt) {
    errands.get(prompt.text()).accept(prompt.sessionId());
  }

  private Errand errand(Consumer<String> behaviour) {
    String text = "errand " + errands.size();
    errands.put(text, behaviour);
    return new Errand("worker", text);
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  @Override
  public Errand answering(String text) {
    return errand(sessionId -> sessions.finish(sessionId, text));
  }

  @Override
  public Errand askingPermission() {
    return errand(sessionId -> sessions.askPermission(sessionId, "sh: echo allowed"));
  }

  @Override
  public Errand askingQuestion() {
    return errand(sessionId -> sessions.askQuestion(sessionId, "Tea or coffee?", "Tea", "Coffee"));
  }

  /** Ends the turn with what the agent was told. */
  private void heed(SessionEvent event) {
    if (event instanceof SessionEvent.RequestAnswered answered) {
      sessions
          .replyTo(answered.requestId())
          .ifPresent(reply -> sessions.finish(answered.sessionId(), words(reply)));
    }
  }

  private static String words(Reply reply) {
    if (reply instanceof Reply.Answer answer) {
      return answer.answers().get(0).get(0);
    }
    return reply instanceof Reply.Reject reject ? "refused: " + reject.message() : "allowed";
  }

  @Override
  public Errand failing() {
    return errand(sessionId -> sessions.fail(sessionId, new Failure("broken", "out of order")));
  }

  @Override
  public HeldErrand holding(String beginning, String end) {
    Held held = new Held(end);
    held.errand =
        errand(
            sessionId -> {
              sessions.write(sessionId, beginning);
              held.reached(sessionId);
            });
    return held;
  }

  @Override
  public void close() {}

  private final class Held implements HeldErrand {

    private final String end;
    private Errand errand;
    private String sessionId;
    private boolean released;

    Held(String end) {
      this.end = end;
    }

    @Override
    public Errand errand() {
      return errand;
    }

    synchronized void reached(String id) {
      sessionId = id;
      finishIfFree();
    }

    @Override
    public synchronized void release() {
      released = true;
      finishIfFree();
    }

    private void finishIfFree() {
      if (released && sessionId != null && sessions.working(sessionId)) {
        sessions.finish(sessionId, end);
      }
    }
  }
}
