package dev.sideline.background.engine.protocol;

import dev.sideline.api.Reply;
import dev.sideline.background.task.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was done about a task besides what the task itself says: what has to be known to go on with
 * it after a restart.
 *
 * @param stop how it is being stopped, or was; null if it is not
 * @param silenced whether its parent is not to be told of its end, whatever its options say
 * @param attempts what was tried to keep it at work
 * @param messages what its session was told last, and is still to be told
 * @param requests what has become of what its agent waits for
 * @param end what has become of its end; null while it is live
 */
public record Handling(
    @Nullable Stop stop,
    boolean silenced,
    Attempts attempts,
    Messages messages,
    List<Asked> requests,
    @Nullable End end) {

  public Handling {
    requests = List.copyOf(requests);
  }

  /** Nothing was done. */
  public static final Handling NONE =
      new Handling(null, false, Attempts.NONE, Messages.NONE, List.of(), null);

  /**
   * How a task that is being stopped will have ended.
   *
   * @param by the session that asked for it; null if none did
   */
  public record Stop(Outcome.Reason reason, @Nullable String detail, @Nullable String by) {}

  /**
   * What was tried to keep a task at work; all of it is nothing again when it has ended.
   *
   * @param firstPromptId the message id of its prompt; null before that
   * @param openFailures how often creating its session has failed
   * @param fallbacksUsed how many of its agent's fallback models were used
   * @param nudged whether its agent was asked whether it goes on
   * @param repaired whether its agent was told to mend its answer
   * @param continuations how often its agent was told to go on where it was broken off
   */
  public record Attempts(
      @Nullable String firstPromptId,
      int openFailures,
      int fallbacksUsed,
      boolean nudged,
      boolean repaired,
      int continuations) {

    /** Nothing was tried. */
    public static final Attempts NONE = new Attempts(null, 0, 0, false, false, 0);
  }

  /**
   * What the session of a task was told last, and is still to be told, by the numbers of the
   * messages.
   *
   * @param last the one that was sent last; 0 for the prompt, and before that
   * @param sentAs the activation that it began; 0 before that
   * @param promptBefore the id of the message that counted before it; null if none did
   * @param waiting those that wait, the next first
   */
  public record Messages(long last, int sentAs, @Nullable String promptBefore, List<Long> waiting) {

    /** It was told nothing. */
    public static final Messages NONE = new Messages(0, 0, null, List.of());

    public Messages {
      waiting = List.copyOf(waiting);
    }
  }

  /**
   * What has become of a permission or question that the agent of a task waits for. What it asks is
   * said in the task's progress.
   *
   * @param told whether the task's parent knows of it
   * @param timeoutMillis when it is answered if nobody does it before, in epoch milliseconds; 0 for
   *     never
   * @param timedOut whether it is being answered because nobody has
   * @param reply the answer that is being given or is kept until it can be; null if there is none
   */
  public record Asked(
      String id, boolean told, long timeoutMillis, boolean timedOut, @Nullable Reply reply) {}

  /**
   * What has become of the end of a task.
   *
   * @param place its place among the tasks of its parent, in the order in which they ended: higher
   *     than those of all that had ended before it and were not closed
   */
  public record End(Told told, long place) {}

  /** What a parent was told of the end of a task. */
  public enum Told {
    /**
     * Nothing yet, as far as is known: it is still to be announced, or that is under way. Whether
     * at once or with the last follows from the options of the task.
     */
    UNTOLD,
    /** It was told without being woken, or that is under way; it has not read it. */
    ASLEEP,
    /** It knows, or is not to be told. */
    KNOWN,
    /** All that ended with it is known: the task is kept for whoever wants to read it. */
    CLOSED
  }
}
