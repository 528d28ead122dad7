package dev.sideline.host.cli;

import dev.sideline.api.Reach;
import dev.sideline.api.SessionClient;
import dev.sideline.host.hold.LastWord;
import dev.sideline.host.hold.Leaver;
import dev.sideline.host.hold.Verdict;
import dev.sideline.host.mcp.Conversation;
import dev.sideline.host.mcp.ConversationCallers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the session of a conversation that is about to leave: by the program's own id where its
 * calls bear one, else by the process of the program, which has started this one and the hook.
 */
final class Leavers {

  private final Surroundings surroundings;
  private final ConversationCallers callers;
  private final SessionClient sessions;
  private final LastWord lastWord;

  /**
   * @param surroundings of the tool server
   */
  Leavers(
      Surroundings surroundings,
      ConversationCallers callers,
      SessionClient sessions,
      LastWord lastWord) {
    this.surroundings = surroundings;
    this.callers = callers;
    this.sessions = sessions;
    this.lastWord = lastWord;
  }

  /** Whether it may end; empty if it is none of ours, or has made no call, or will be woken. */
  CompletionStage<Optional<Verdict>> leaving(Leaver leaver) {
    return callers
        .sessionOf(Conversation.ofCodex(leaver.session()))
        .or(
            () ->
                hasStartedThis(leaver)
                    ? callers.sessionOf(Conversation.OF_THE_CONNECTION)
                    : Optional.empty())
        .filter(session -> sessions.reach(session) == Reach.ANSWERED)
        .map(session -> lastWord.beforeTheEnd(session).thenApply(Optional::of))
        .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
  }

  private boolean hasStartedThis(Leaver leaver) {
    return surroundings.parent().filter(leaver.processes()::contains).isPresent();
  }
}
