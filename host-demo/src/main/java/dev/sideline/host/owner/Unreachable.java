package dev.sideline.host.owner;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The sessions of a runtime that cannot be reached just now.
 *
 * @param messageIds new ids of messages
 */
record Unreachable(Supplier<String> messageIds) implements SessionClient {

  static <T> CompletionStage<T> failed() {
    return CompletableFuture.failedStage(
        new SessionException(
            Code.UNAVAILABLE,
            "the server of this session cannot be reached until a client of it is there again"));
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return failed();
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return failed();
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return failed();
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return failed();
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return failed();
  }

  @Override
  public String newMessageId() {
    return messageIds.get();
  }
}
