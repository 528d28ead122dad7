package dev.sideline.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A background task as it stands at one moment, for whoever watches all of them. Times are those of
 * the host's {@link HostContext#clock}, to the millisecond.
 *
 * @param id the task's id
 * @param parentSessionId the session that launched it
 * @param mainSessionId the uppermost session of its tree that the plugin knows of
 * @param childSessionId the session that it runs in; null before that session exists
 * @param agent the agent that does it
 * @param model the model that it uses now; null for its agent's own
 * @param description what it is about, in a few words
 * @param status where it is in its life
 * @param reason why it has ended; null while it is live
 * @param detail more about that, in a sentence; null if there is nothing to say. May quote the host
 *     or whoever cancelled it
 * @param times when it came to what
 * @param waitsFor what keeps it from working; null if nothing does
 * @param requests the permissions and questions that it waits for, oldest first
 * @param toolCalls how many tools its agent has called
 * @param lastTool the tool called last; null if none was
 * @param usage tokens and money so far
 */
public record TaskSnapshot(
    String id,
    String parentSessionId,
    String mainSessionId,
    @Nullable String childSessionId,
    String agent,
    @Nullable ModelRef model,
    String description,
    TaskStatus status,
    @Nullable EndReason reason,
    @Nullable String detail,
    Times times,
    @Nullable Wait waitsFor,
    List<Asked> requests,
    int toolCalls,
    @Nullable String lastTool,
    Usage usage) {

  public TaskSnapshot {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(parentSessionId, "parentSessionId");
    Objects.requireNonNull(mainSessionId, "mainSessionId");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(times, "times");
    requests = List.copyOf(requests);
    Objects.requireNonNull(usage, "usage");
  }

  /**
   * When a task came to what.
   *
   * @param created when it was launched
   * @param started when it got its slot; null before that
   * @param ended null while it is live
   * @param changed when it came to its present status
   * @param lastActive when its session last gave a sign of life; null if it never did
   */
  public record Times(
      Instant created,
      @Nullable Instant started,
      @Nullable Instant ended,
      Instant changed,
      @Nullable Instant lastActive) {

    public Times {
      Objects.requireNonNull(created, "created");
      Objects.requireNonNull(changed, "changed");
    }
  }

  /** What a task waits for. Not sealed: a host shows the kinds that it knows. */
  public interface Wait {}

  /**
   * A slot, to start with or to go on with.
   *
   * @param position its place in its parent's queue, 1 for the next
   * @param setting the setting of the limit that is reached; null if it only waits for its turn
   * @param limit how many that allows; 0 without a setting
   */
  public record Slot(int position, @Nullable String setting, long limit) implements Wait {}

  /** The end of other tasks, by their ids. */
  public record Predecessors(List<String> taskIds) implements Wait {

    public Predecessors {
      taskIds = List.copyOf(taskIds);
    }
  }

  /** A person's answer, or its parent's: see {@link TaskSnapshot#requests}. */
  public record Answer() implements Wait {}

  /**
   * The next try of its model.
   *
   * @param reason why it has to be tried again, in the host's words; null if it did not say
   * @param at when that is; null if the host did not say
   */
  public record Retry(@Nullable String reason, @Nullable Instant at) implements Wait {}

  /**
   * A permission or question that a task waits for.
   *
   * @param request what is asked
   * @param expires when it is answered by itself, as is set for requests that nobody answers; null
   *     for never
   */
  public record Asked(PendingRequest request, @Nullable Instant expires) {

    public Asked {
      Objects.requireNonNull(request, "request");
    }
  }
}
