package dev.sideline.background.engine.protocol;

import dev.sideline.api.Failure;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a probe of a session has shown.
 *
 * @param kind how far its agent is with the prompt
 * @param busy whether the host says that the session works (or waits to try again); false if it was
 *     not asked
 * @param text what the agent has said last, its end if it is very long
 * @param textDropped how many characters of it were cut off the front
 * @param structured its answer as JSON text, if the host took one; null if not
 * @param cutOff whether its model's limit on the length of an answer has cut it off
 * @param failure what went wrong; null if nothing did
 * @param progressFingerprint a number that is another one once the agent has got any further
 * @param toolUses its newest tool calls, oldest first
 * @param usage what each of its newest messages cost, by message id, oldest first
 */
public record ProbeResult(
    Kind kind,
    boolean busy,
    String text,
    long textDropped,
    @Nullable String structured,
    boolean cutOff,
    @Nullable Failure failure,
    long progressFingerprint,
    List<ToolUse> toolUses,
    Map<String, Usage> usage) {

  /**
   * Of how many messages, and of how many tool calls, a probe tells what they were. The meters that
   * take them know the newest only, and would count older ones again.
   */
  public static final int MAX_REPORTED_MESSAGES = 64;

  public static final int MAX_REPORTED_CALLS = 32;

  /** How far an agent is with a prompt. */
  public enum Kind {
    /** The session does not exist any more. */
    NOT_FOUND,
    /** The prompt is not in the session. */
    UNPROMPTED,
    /** The prompt is there, and nothing after it. */
    SILENT,
    /** The agent has begun to answer. */
    WORKING,
    /**
     * A tool call of the agent has failed, and nothing came after it: it goes on, unless somebody
     * has refused the call in the host, which ends its work there.
     */
    FAILED_CALL,
    /** The agent has given its answer. */
    FINISHED,
    /** The agent's message ended in an error, or was aborted. */
    BROKEN,
    /**
     * The agent's message ended without an answer or an error: it was stopped between two tries.
     */
    STOPPED;

    /** Whether the agent will do nothing more about the prompt. */
    public boolean conclusive() {
      return this == NOT_FOUND || this == FINISHED || this == BROKEN || this == STOPPED;
    }
  }

  /** A session that does not exist any more. */
  public static ProbeResult notFound() {
    return new ProbeResult(Kind.NOT_FOUND, false, "", 0, null, false, null, 0, List.of(), Map.of());
  }

  /** The same, with what the host says of the session's work. */
  public ProbeResult withBusy(boolean isBusy) {
    return new ProbeResult(
        kind,
        isBusy,
        text,
        textDropped,
        structured,
        cutOff,
        failure,
        progressFingerprint,
        toolUses,
        usage);
  }
}
