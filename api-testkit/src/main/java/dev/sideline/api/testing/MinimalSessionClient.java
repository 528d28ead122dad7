package dev.sideline.api.testing;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Sessions as a host offers them that does only what every host has to, for tests of how a plugin
 * copes with that. What it does, another client does for it.
 */
public final class MinimalSessionClient implements SessionClient {

  private final SessionClient sessions;

  /**
   * @param sessions does what is asked
   */
  public MinimalSessionClient(SessionClient sessions) {
    this.sessions = sessions;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return sessions.create(request);
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return sessions.statuses();
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return sessions.messages(sessionId, limit);
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return sessions.prompt(prompt);
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return sessions.abort(sessionId);
  }

  @Override
  public String newMessageId() {
    return sessions.newMessageId();
  }
}
