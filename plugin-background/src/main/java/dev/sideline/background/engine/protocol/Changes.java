package dev.sideline.background.engine.protocol;

import dev.sideline.api.ModelRef;
import dev.sideline.api.Reach;
import dev.sideline.api.Usage;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a step inserts, updates and deletes, all or none. What is long is written once: the
 * texts of a task when it is created, its answer when it ends.
 *
 * <p>The rows are written in the order of these components. Within one of them no two are of the
 * same key.
 *
 * @param created tasks that are new, with their first state
 * @param moved the states of tasks that have changed
 * @param ended the outcomes of tasks that have ended
 * @param meters what live tasks have used, as far as it is to be told from what is reported again;
 *     gone with the outcome of the task
 * @param messages messages to the sessions of tasks that are kept from now on
 * @param messagesGone messages that are not kept any more
 * @param accounts what sessions have used and done, as it stands now
 * @param accountsGone sessions that have gone, or were not heard of for longest, of all that there
 *     is no more room for
 * @param owed notices that parents are owed from now on
 * @param renamed notices that are owed under another message id from now on
 * @param delivered the message ids of notices that are owed no longer
 * @param forgotten tasks that are gone for good, with all rows of theirs
 */
public record Changes(
    List<TaskRow> created,
    List<TaskStateRow> moved,
    List<OutcomeRow> ended,
    List<MeterRow> meters,
    List<MessageRow> messages,
    List<MessageKey> messagesGone,
    List<AccountRow> accounts,
    List<String> accountsGone,
    List<NoticeRow> owed,
    List<NoticeRenaming> renamed,
    List<String> delivered,
    List<TaskId> forgotten) {

  /** Nothing to record. */
  public static final Changes NONE = new Builder().build();

  /** Whether there is nothing to record. */
  public boolean isEmpty() {
    return created.isEmpty()
        && moved.isEmpty()
        && ended.isEmpty()
        && meters.isEmpty()
        && messages.isEmpty()
        && messagesGone.isEmpty()
        && accounts.isEmpty()
        && accountsGone.isEmpty()
        && owed.isEmpty()
        && renamed.isEmpty()
        && delivered.isEmpty()
        && forgotten.isEmpty();
  }

  /**
   * A new task: what never changes of it, and its first state. See {@link Task} for the columns.
   *
   * @param state its state when it was recorded first
   */
  public record TaskRow(
      TaskId id,
      long number,
      List<String> ancestors,
      TaskSpec spec,
      LaunchOptions options,
      Provenance provenance,
      long createdMillis,
      TaskStateRow state) {

    /** The row of a new task. */
    public static TaskRow of(Task task, TaskStateRow state) {
      return new TaskRow(
          task.id(),
          task.number(),
          task.ancestors(),
          task.spec(),
          task.options(),
          task.provenance(),
          task.createdMillis(),
          state);
    }

    /** The same row with a later state. */
    public TaskRow with(TaskStateRow later) {
      return new TaskRow(id, number, ancestors, spec, options, provenance, createdMillis, later);
    }

    /** The task as a whole, which has not ended. */
    public Task task() {
      return new Task(
          id,
          number,
          ancestors,
          spec,
          options,
          provenance,
          state.status,
          state.session,
          state.activation,
          state.promptId,
          state.model,
          createdMillis,
          state.startedMillis,
          state.settledMillis,
          state.progress,
          null);
    }
  }

  /**
   * The columns of a task that change. See {@link Task} for what is not said here.
   *
   * @param task the task that it is the state of
   * @param version counts the states of the task, from 1; a later one is higher
   * @param handling what was done about it
   */
  public record TaskStateRow(
      TaskId task,
      long version,
      TaskStatus status,
      @Nullable String session,
      int activation,
      @Nullable String promptId,
      @Nullable ModelRef model,
      long startedMillis,
      long settledMillis,
      Progress progress,
      Handling handling) {

    /** The state of a task about which nothing was done. */
    public static TaskStateRow of(Task task, long version) {
      return of(task, version, Handling.NONE);
    }

    /** The state of a task. */
    public static TaskStateRow of(Task task, long version, Handling handling) {
      return new TaskStateRow(
          task.id(),
          version,
          task.status(),
          task.session(),
          task.activation(),
          task.promptId(),
          task.model(),
          task.startedMillis(),
          task.settledMillis(),
          task.progress(),
          handling);
    }

    /** The task as a whole in this state. */
    public Task of(Task before) {
      return new Task(
          before.id(),
          before.number(),
          before.ancestors(),
          before.spec(),
          before.options(),
          before.provenance(),
          status,
          session,
          activation,
          promptId,
          model,
          before.createdMillis(),
          startedMillis,
          settledMillis,
          progress,
          before.outcome());
    }
  }

  /** How a task ended; written once. */
  public record OutcomeRow(TaskId task, Outcome outcome) {

    /** The task as a whole with this outcome. */
    public Task of(Task before) {
      return before.settled(outcome, before.settledMillis(), before.progress());
    }
  }

  /**
   * A notice that a parent is owed: which tasks it tells of, and as what. See {@link Notice} for
   * the columns.
   *
   * @param messageId its key
   * @param announced the ids of the tasks that it announces
   * @param finished the ids of all that have ended since the parent was last woken for that
   * @param attention the ids of the tasks that need the parent
   */
  public record NoticeRow(
      String messageId,
      String parent,
      List<TaskId> announced,
      List<TaskId> finished,
      List<TaskId> attention,
      int stillRunning,
      boolean wake) {

    /** The row of a notice. */
    public static NoticeRow of(Notice notice) {
      return new NoticeRow(
          notice.messageId(),
          notice.parent(),
          ids(notice.announced()),
          ids(notice.finished()),
          ids(notice.attention()),
          notice.stillRunning(),
          notice.wake());
    }

    /** The same notice under another message id. */
    public NoticeRow renamed(String fresh) {
      return new NoticeRow(fresh, parent, announced, finished, attention, stillRunning, wake);
    }

    private static List<TaskId> ids(List<Task> tasks) {
      return tasks.stream().map(Task::id).toList();
    }
  }

  /**
   * What a live task has used.
   *
   * @param task its key
   * @param tools its tool calls
   * @param usage what its messages have cost
   */
  public record MeterRow(TaskId task, ToolCalls tools, Costs usage) {

    /**
     * Tool calls.
     *
     * @param count how many there were
     * @param last the tool that was called last; empty if none was
     * @param recent the newest of them, as numbers, in an order that only its meter knows
     * @param lastWork what the last did, as a number
     * @param same how often in a row that was done
     */
    public record ToolCalls(int count, String last, List<Long> recent, long lastWork, int same) {

      /** There were none. */
      public static final ToolCalls NONE = new ToolCalls(0, "", List.of(), 0, 0);

      public ToolCalls {
        recent = List.copyOf(recent);
      }
    }

    /**
     * The cost of messages.
     *
     * @param total of all
     * @param recent of the newest, the oldest first
     */
    public record Costs(Usage total, List<MessageCost> recent) {

      /** There were none. */
      public static final Costs NONE = new Costs(Usage.NONE, List.of());

      public Costs {
        recent = List.copyOf(recent);
      }
    }

    /** What a message has cost until now. */
    public record MessageCost(String messageId, Usage usage) {}
  }

  /**
   * A message to the session of a task that is kept until the next has been sent: it waits, or may
   * have to be sent again.
   *
   * @param number tells it from the others of its task
   * @param text null for the prompt of the task
   * @param interrupts whether the agent is stopped before it gets it
   * @param model the model that works from then on; null for the one that does
   */
  public record MessageRow(
      TaskId task,
      long number,
      MessagePurpose purpose,
      @Nullable String text,
      boolean interrupts,
      @Nullable ModelRef model) {

    /** Its key. */
    public MessageKey key() {
      return new MessageKey(task, number);
    }
  }

  /** What tells a message from all others. */
  public record MessageKey(TaskId task, long number) {}

  /**
   * What a session that launches tasks has used and done in all its life.
   *
   * @param session its key
   * @param reach how it can be told something
   * @param launched how many tasks it has launched
   * @param wakes how often in a row it was set to work by its tasks
   * @param spent what the tasks below it have used that have ended; kept for the uppermost session
   *     of a tree
   * @param known the newest messages in it that no person has just written
   */
  public record AccountRow(
      String session, Reach reach, int launched, int wakes, Spending spent, List<String> known) {

    public AccountRow {
      known = List.copyOf(known);
    }
  }

  /**
   * A notice that is sent again under a new message id, as it is known not to have arrived.
   *
   * @param before the message id that it had
   * @param now the one that it has from now on
   */
  public record NoticeRenaming(String before, String now) {}

  /** Collects rows. */
  public static final class Builder {

    private final List<TaskRow> created = new ArrayList<>();
    private final List<TaskStateRow> moved = new ArrayList<>();
    private final List<OutcomeRow> ended = new ArrayList<>();
    private final List<MeterRow> meters = new ArrayList<>(0);
    private final List<MessageRow> messages = new ArrayList<>(0);
    private final List<MessageKey> messagesGone = new ArrayList<>(0);
    private final List<AccountRow> accounts = new ArrayList<>();
    private final List<String> accountsGone = new ArrayList<>(0);
    private final List<NoticeRow> owed = new ArrayList<>();
    private final List<NoticeRenaming> renamed = new ArrayList<>(0);
    private final List<String> delivered = new ArrayList<>();
    private final List<TaskId> forgotten = new ArrayList<>();
    private boolean empty = true;

    public Builder create(TaskRow row) {
      return add(created, row);
    }

    public Builder move(TaskStateRow row) {
      return add(moved, row);
    }

    public Builder end(OutcomeRow row) {
      return add(ended, row);
    }

    public Builder meter(MeterRow row) {
      return add(meters, row);
    }

    public Builder keep(MessageRow row) {
      return add(messages, row);
    }

    public Builder drop(MessageKey message) {
      return add(messagesGone, message);
    }

    public Builder put(AccountRow row) {
      return add(accounts, row);
    }

    public Builder close(String session) {
      return add(accountsGone, session);
    }

    public Builder owe(NoticeRow row) {
      return add(owed, row);
    }

    public Builder rename(NoticeRenaming renaming) {
      return add(renamed, renaming);
    }

    public Builder deliver(String messageId) {
      return add(delivered, messageId);
    }

    public Builder forget(TaskId task) {
      return add(forgotten, task);
    }

    private <T> Builder add(List<T> rows, T row) {
      rows.add(row);
      empty = false;
      return this;
    }

    /** What has been collected; starts anew. */
    public Changes drain() {
      if (empty) {
        return NONE;
      }
      empty = true;
      return build();
    }

    private Changes build() {
      return new Changes(
          drain(created),
          drain(moved),
          drain(ended),
          drain(meters),
          drain(messages),
          drain(messagesGone),
          drain(accounts),
          drain(accountsGone),
          drain(owed),
          drain(renamed),
          drain(delivered),
          drain(forgotten));
    }

    private static <T> List<T> drain(List<T> list) {
      if (list.isEmpty()) {
        return List.of();
      }
      List<T> copy = List.copyOf(list);
      list.clear();
      return copy;
    }
  }
}
