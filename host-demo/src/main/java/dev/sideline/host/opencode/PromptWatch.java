package dev.sideline.host.opencode;

import dev.sideline.api.Message;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionEvent;
import dev.sideline.host.EventSink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the server where it has fallen asleep over a prompt. When a run ends with an error, the
 * server tells that the session is idle, and a moment later once more; a prompt that comes between
 * the two is accepted and kept, but nobody works on it. The second idle, with no answer begun and
 * our prompt as the newest message, gives that away; the same prompt, sent again with the same ids,
 * is not kept twice and sets the agent to work.
 *
 * <p>Sees only the events of sessions that are observed. Passes all events on, on the thread that
 * they come on. Safe for use from any thread.
 */
final class PromptWatch {

  private static final Logger log = LoggerFactory.getLogger(PromptWatch.class);
  private static final int MAX_WATCHED = 256;
  private static final int MAX_REPEATS = 3;

  private final BiFunction<String, Integer, CompletableFuture<List<Message>>> messages;
  private final Function<Prompt, CompletableFuture<Void>> sendAgain;
  private final Map<String, Watched> bySession = new Recent<>(MAX_WATCHED);

  /** A prompt whose answer has not begun, as far as we have been told. */
  private record Watched(Prompt prompt, int repeats) {}

  /**
   * @param messages reads the newest messages of a session
   * @param sendAgain sends a prompt
   */
  PromptWatch(
      BiFunction<String, Integer, CompletableFuture<List<Message>>> messages,
      Function<Prompt, CompletableFuture<Void>> sendAgain) {
    this.messages = messages;
    this.sendAgain = sendAgain;
  }

  /** A prompt is about to be sent. One that wakes nobody needs no watching. */
  synchronized void sending(Prompt prompt) {
    if (prompt.wake()) {
      bySession.put(prompt.sessionId(), new Watched(prompt, 0));
    }
  }

  /** A session is being stopped: what was sent to it is not wanted any more. */
  synchronized void stopping(String sessionId) {
    bySession.remove(sessionId);
  }

  /** Looks at what goes to a sink. */
  EventSink before(EventSink sink) {
    return new EventTap(sink, this::look);
  }

  private void look(SessionEvent event) {
    if (event instanceof SessionEvent.MessageUpdated updated) {
      answered(updated.sessionId(), updated.message());
    } else if (event instanceof SessionEvent.Deleted) {
      stopping(event.sessionId());
    } else if (event instanceof SessionEvent.Idle) {
      Watched watched = watched(event.sessionId());
      if (watched != null) {
        check(watched);
      }
    }
  }

  private synchronized void answered(String sessionId, Message message) {
    Watched watched = bySession.get(sessionId);
    if (watched != null && answers(message, watched.prompt())) {
      bySession.remove(sessionId);
    }
  }

  private static boolean answers(Message message, Prompt prompt) {
    return message.role() == Message.Role.ASSISTANT
        && message.id().compareTo(prompt.messageId()) > 0;
  }

  private synchronized @Nullable Watched watched(String sessionId) {
    return bySession.get(sessionId);
  }

  private void check(Watched watched) {
    Prompt prompt = watched.prompt();
    CompletableFuture<Void> unused =
        messages
            .apply(prompt.sessionId(), 1)
            .thenCompose(
                newest -> {
                  boolean asleep =
                      newest.size() == 1 && newest.get(0).id().equals(prompt.messageId());
                  if (!asleep || !counted(watched)) {
                    return CompletableFuture.completedFuture(null);
                  }
                  log.info("Nobody works on a prompt to {}: sent again", prompt.sessionId());
                  return sendAgain.apply(prompt);
                })
            .exceptionally(
                problem -> {
                  log.debug("Could not look after a prompt to {}", prompt.sessionId(), problem);
                  return null;
                });
  }

  /** False if it was answered, stopped or replaced meanwhile, or was repeated often enough. */
  private synchronized boolean counted(Watched watched) {
    String sessionId = watched.prompt().sessionId();
    if (!watched.equals(bySession.get(sessionId)) || watched.repeats() >= MAX_REPEATS) {
      return false;
    }
    bySession.put(sessionId, new Watched(watched.prompt(), watched.repeats() + 1));
    return true;
  }
}
