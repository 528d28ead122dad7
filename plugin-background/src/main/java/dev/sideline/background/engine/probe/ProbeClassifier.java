package dev.sideline.background.engine.probe;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ToolUse;
import dev.sideline.api.ToolUse.State;
import dev.sideline.api.Usage;
import dev.sideline.background.character.Characters;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges from the messages of a session how far its agent is with a prompt.
 *
 * <p>Events say when to look; only the messages say what is so. An idle session is done if, after
 * the prompt, there is an assistant's message that is complete, calls no tool and is not in error.
 * Only what comes after the prompt counts, whichever message it answers: a host may answer several
 * messages in one message.
 */
public final class ProbeClassifier {

  /** A model that stops for this reason goes on when the tools have answered. */
  private static final String FINISH_TOOL_CALLS = "tool-calls";

  /** A model that stops for this reason would have had more to say. */
  private static final String FINISH_LENGTH = "length";

  private final int maxChars;

  /**
   * @param maxChars how much of an answer is kept, its end
   */
  public ProbeClassifier(int maxChars) {
    this.maxChars = maxChars;
  }

  /**
   * Judges.
   *
   * @param newestFirst the newest messages of the session
   * @param complete whether these are all messages that there are
   * @param promptId the message that the agent is to answer; null if all that it has said counts
   * @param firstPromptId the first message that the task was told; null if that is not known
   */
  public ProbeResult judge(
      List<Message> newestFirst,
      boolean complete,
      @Nullable String promptId,
      @Nullable String firstPromptId) {
    ProbeResult since = sincePrompt(newestFirst, complete, promptId);
    return since.kind() == Kind.UNPROMPTED || since.kind() == Kind.FINISHED
        ? since
        : withEarlier(since, Earlier.of(newestFirst, complete, promptId, firstPromptId));
  }

  /**
   * What the agent said before it was told something more is worth having when it has said nothing
   * since. If it was stopped there when the message had come already, it does nothing about it.
   */
  private ProbeResult withEarlier(ProbeResult since, Earlier earlier) {
    boolean stopped = since.kind() == Kind.SILENT && earlier.stoppedAfterPrompt();
    if (!stopped && !since.text().isEmpty()) {
      return since;
    }
    return result(
        stopped ? Kind.BROKEN : since.kind(),
        since.text().isEmpty() ? earlier.said() : since.text(),
        since.structured(),
        since.cutOff(),
        stopped ? earlier.failure() : since.failure(),
        since.progressFingerprint(),
        since.toolUses(),
        since.usage());
  }

  private ProbeResult sincePrompt(
      List<Message> newestFirst, boolean complete, @Nullable String promptId) {
    boolean prompted = !complete || promptId == null;
    Message newest = null;
    String said = "";
    long fingerprint = 1;
    Deque<Message> reported = new ArrayDeque<>();
    for (Message message : newestFirst) {
      if (message.id().equals(promptId)) {
        prompted = true;
        break;
      }
      if (message.role() == Role.ASSISTANT) {
        newest = newest == null ? message : newest;
        said = said.isEmpty() ? message.text().strip() : said;
        fingerprint = 31 * fingerprint + fingerprintOf(message);
        if (reported.size() < ProbeResult.MAX_REPORTED_MESSAGES) {
          reported.addFirst(message);
        }
      }
    }
    if (!prompted) {
      // What was there belongs to an earlier prompt.
      return result(Kind.UNPROMPTED, "", null, false, null, 1, List.of(), Map.of());
    }
    // An agent that ends on tool calls has often said its piece just before.
    Kind kind = newest == null ? Kind.SILENT : kindOf(newest);
    return result(
        kind,
        said,
        newest == null ? null : newest.structured(),
        newest != null && FINISH_LENGTH.equals(newest.finish()),
        newest == null ? null : newest.failure(),
        fingerprint,
        toolUses(reported),
        usage(reported));
  }

  private static List<ToolUse> toolUses(Collection<Message> oldestFirst) {
    List<ToolUse> uses = new ArrayList<>();
    oldestFirst.forEach(message -> uses.addAll(message.toolUses()));
    return List.copyOf(
        uses.subList(Math.max(0, uses.size() - ProbeResult.MAX_REPORTED_CALLS), uses.size()));
  }

  private static Map<String, Usage> usage(Collection<Message> oldestFirst) {
    Map<String, Usage> usage = new LinkedHashMap<>();
    oldestFirst.forEach(message -> usage.put(message.id(), message.usage()));
    return usage;
  }

  /** Another number once the message has grown. */
  private static long fingerprintOf(Message message) {
    long fingerprint = 31L * message.id().hashCode() + message.text().length();
    for (ToolUse use : message.toolUses()) {
      fingerprint = 31 * fingerprint + use.arguments().length();
      fingerprint = 31 * fingerprint + use.result().length();
      fingerprint = 31 * fingerprint + use.state().name().hashCode();
    }
    return 31 * fingerprint + message.usage().tokens() + (message.completedAt() == null ? 0 : 1);
  }

  private static Kind kindOf(Message message) {
    if (message.failure() != null) {
      return Kind.BROKEN;
    }
    if (message.completedAt() == null) {
      return Kind.WORKING;
    }
    if (message.structured() != null) {
      // Some hosts take it by a tool call, after which nothing comes.
      return Kind.FINISHED;
    }
    List<State> calls = message.toolUses().stream().map(ToolUse::state).toList();
    if (!calls.stream().allMatch(State::ended)) {
      return Kind.WORKING;
    }
    if (FINISH_TOOL_CALLS.equals(message.finish())) {
      return calls.contains(State.FAILED) ? Kind.FAILED_CALL : Kind.WORKING;
    }
    if (message.finish() == null && message.text().isBlank()) {
      return Kind.STOPPED;
    }
    return Kind.FINISHED;
  }

  private ProbeResult result(
      Kind kind,
      String said,
      @Nullable String structured,
      boolean cutOff,
      @Nullable Failure failure,
      long fingerprint,
      List<ToolUse> toolUses,
      Map<String, Usage> usage) {
    int from = Characters.after(said, Math.max(0, said.length() - maxChars));
    return new ProbeResult(
        kind,
        false,
        said.substring(from),
        from,
        structured,
        cutOff,
        failure,
        fingerprint,
        toolUses,
        usage);
  }

  /**
   * What the agent of a task had said before it was told the message that it is to answer now.
   *
   * @param said the last of it; empty if there is nothing
   * @param failure what went wrong with it; null if nothing did
   * @param stoppedAfterPrompt whether it was aborted when that message was there already
   */
  private record Earlier(String said, @Nullable Failure failure, boolean stoppedAfterPrompt) {

    private static final Earlier NOTHING = new Earlier("", null, false);

    static Earlier of(
        List<Message> newestFirst,
        boolean complete,
        @Nullable String promptId,
        @Nullable String firstPromptId) {
      if (promptId == null || firstPromptId == null || promptId.equals(firstPromptId)) {
        return NOTHING;
      }
      Message prompt = null;
      Message last = null;
      String said = "";
      boolean first = false;
      for (Message message : newestFirst) {
        first = message.id().equals(firstPromptId);
        if (first) {
          break;
        }
        if (message.id().equals(promptId)) {
          prompt = message;
        } else if (prompt != null && message.role() == Role.ASSISTANT) {
          last = last == null ? message : last;
          said = said.isEmpty() ? message.text().strip() : said;
        }
      }
      if (prompt == null || last == null || (complete && !first)) {
        // Without its first message it cannot be told what is the task's, and what was there
        // before.
        return NOTHING;
      }
      return new Earlier(said, last.failure(), stoppedAfter(prompt, last));
    }

    /** Both times are of the host's clock. */
    private static boolean stoppedAfter(Message prompt, Message last) {
      return last.failure() != null
          && last.failure().aborted()
          && last.completedAt() != null
          && last.completedAt().isAfter(prompt.createdAt());
    }
  }
}
