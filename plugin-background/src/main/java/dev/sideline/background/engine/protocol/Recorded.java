package dev.sideline.background.engine.protocol;

import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.task.Task;
import java.util.List;

/**
 * What was recorded by the engines before, for another to begin with.
 *
 * @param tasks tasks as they were last recorded, in any order: all that are live or owed; the
 *     newest of those that are finished; what any that is live or owed follows on; and of the
 *     sessions that have launched these, the last task that has worked in each
 * @param meters what live tasks have used
 * @param messages messages to their sessions that are kept
 * @param accounts what sessions have used and done
 * @param owed notices that are not known to have arrived
 * @param more whether more tasks are recorded, which are finished
 * @param lastNumber the highest number of all tasks that are recorded; 0 if there are none
 */
public record Recorded(
    List<RecordedTask> tasks,
    List<MeterRow> meters,
    List<MessageRow> messages,
    List<AccountRow> accounts,
    List<NoticeRow> owed,
    boolean more,
    long lastNumber) {

  /** Nothing was. */
  public static final Recorded NOTHING =
      new Recorded(List.of(), List.of(), List.of(), List.of(), List.of(), false, 0);

  public Recorded {
    tasks = List.copyOf(tasks);
    meters = List.copyOf(meters);
    messages = List.copyOf(messages);
    accounts = List.copyOf(accounts);
    owed = List.copyOf(owed);
  }

  /**
   * A task that is recorded.
   *
   * @param version the number of its state; see {@link Changes.TaskStateRow}
   * @param handling what was done about it, as it was last recorded
   * @param owner who records it, of all that record in the same store
   */
  public record RecordedTask(Task task, long version, Handling handling, String owner) {}
}
