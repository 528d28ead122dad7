package dev.sideline.background.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Lookup.Found;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is recorded. A row that cannot be read is said, left as it is, and passed over. */
final class RowReader {

  private static final Logger LOG = LoggerFactory.getLogger(RowReader.class);

  private static final String COLUMNS =
      "SELECT id, owner, version, t.number, t.session, status, created, settled, launch, state,"
          + " outcome ";

  private static final String TASKS = COLUMNS + "FROM sideline_task t WHERE owner = ? AND ";
  private static final String OPEN = "(told IS NULL OR told <> 'CLOSED')";
  private static final String CLOSED = "told = 'CLOSED'";

  /** Of the sessions that have launched what is open, the last task that has worked in each. */
  private static final String LAST_OF_PARENTS =
      "t.session IN (SELECT parent FROM sideline_task WHERE owner = ? AND "
          + OPEN
          + ") AND "
          + CLOSED
          + " AND t.number = (SELECT MAX(l.number) FROM sideline_task l"
          + " WHERE l.owner = t.owner AND l.session = t.session AND l."
          + CLOSED
          + ")";

  /**
   * Those below a session, and then each by its id: the other way round reads all that there is.
   */
  private static final String OF_TREE =
      "FROM sideline_ancestor a CROSS JOIN sideline_task t"
          + " WHERE t.id = a.task AND owner = ? AND a.session = ? AND "
          + CLOSED;

  /** Makes something of a row. */
  private interface Row<T> {
    T read(ResultSet row) throws SQLException, JsonProcessingException;
  }

  private final Connection connection;
  private final String owner;

  RowReader(Connection connection, String owner) {
    this.connection = connection;
    this.owner = owner;
  }

  /**
   * Reads what an engine begins with.
   *
   * @param maxFinished of the tasks that are finished the newest, at most so many
   */
  Recorded load(int maxFinished) throws SQLException {
    List<RecordedTask> tasks = new ArrayList<>(all(TASKS + OPEN, RowReader::task));
    List<RecordedTask> finished =
        all(
            TASKS + CLOSED + " ORDER BY settled DESC, number DESC LIMIT " + (maxFinished + 1L),
            RowReader::task);
    boolean more = finished.size() > maxFinished;
    List<RecordedTask> newest = more ? finished.subList(0, maxFinished) : finished;
    Collection<RecordedTask> before = before(tasks, newest);
    tasks.addAll(newest);
    tasks.addAll(before);
    return new Recorded(
        tasks,
        all("SELECT task, used FROM sideline_meter WHERE owner = ?", json(MeterRow.class)),
        all("SELECT task, message FROM sideline_message WHERE owner = ?", json(MessageRow.class)),
        all(
            "SELECT session, account FROM sideline_account WHERE owner = ?",
            json(AccountRow.class)),
        all("SELECT message_id, notice FROM sideline_notice WHERE owner = ?", RowReader::notice),
        more,
        Math.max(lastNumber(OPEN), lastNumber(CLOSED)));
  }

  private long lastNumber(String which) throws SQLException {
    return all(
            "SELECT COALESCE(MAX(number), 0) FROM sideline_task WHERE owner = ? AND " + which,
            row -> row.getLong(1))
        .get(0);
  }

  /** Those finished tasks that open ones come from, but for the newest, which are at hand. */
  private Collection<RecordedTask> before(List<RecordedTask> open, List<RecordedTask> newest)
      throws SQLException {
    Set<TaskId> followedOn = new LinkedHashSet<>();
    open.forEach(task -> followedOn.addAll(task.task().before()));
    newest.forEach(task -> followedOn.remove(task.task().id()));
    List<RecordedTask> found = new ArrayList<>();
    for (TaskId id : followedOn) {
      found.addAll(all(TASKS + "id = ? AND " + CLOSED, RowReader::task, id.value()));
    }
    found.addAll(all(TASKS + LAST_OF_PARENTS, RowReader::task, owner));
    Map<TaskId, RecordedTask> before = new LinkedHashMap<>();
    found.forEach(task -> before.put(task.task().id(), task));
    newest.forEach(task -> before.remove(task.task().id()));
    return before.values();
  }

  // --- what was found

  /** Looks for finished tasks. */
  Found find(Lookup lookup) throws SQLException {
    if (lookup instanceof Lookup.ById byId) {
      return Found.of(tasks("id = ? AND " + CLOSED, byId.id().value()));
    }
    if (lookup instanceof Lookup.OfSession ofSession) {
      return Found.of(
          tasks("session = ? AND " + CLOSED + " ORDER BY number DESC", ofSession.session()));
    }
    if (lookup instanceof Lookup.ByKey byKey) {
      return Found.of(
          tasks(
              "parent = ? AND launch_key = ? AND " + CLOSED + " ORDER BY number DESC",
              byKey.parent(),
              byKey.key()));
    }
    if (lookup instanceof Lookup.NewestOfTree tree) {
      return newest(tree);
    }
    if (lookup instanceof Lookup.IdsOfTree ids) {
      return ids(OF_TREE, ids.session());
    }
    if (lookup instanceof Lookup.IdsOfParent ids) {
      return ids(OF_TREE + " AND t.parent = a.session", ids.session());
    }
    throw new IllegalArgumentException("there is no such lookup: " + lookup);
  }

  private Found ids(String which, String session) throws SQLException {
    List<TaskId> found = all("SELECT id " + which, row -> new TaskId(row.getString(1)), session);
    return new Found(List.of(), found, found.size());
  }

  private Found newest(Lookup.NewestOfTree tree) throws SQLException {
    String which = OF_TREE + (tree.status() == null ? "" : " AND status = ?");
    String[] values =
        tree.status() == null
            ? new String[] {tree.session()}
            : new String[] {tree.session(), tree.status().name()};
    List<Integer> total = all("SELECT COUNT(*) " + which, row -> row.getInt(1), values);
    List<RecordedTask> newest =
        all(
            COLUMNS + which + " ORDER BY a.number DESC LIMIT " + tree.limit(),
            RowReader::task,
            values);
    return new Found(newest.stream().map(RecordedTask::task).toList(), List.of(), total.get(0));
  }

  /** A page of the finished tasks, newest first. */
  List<Task> closed(long beforeNumber, int limit) throws SQLException {
    // Numbers are not to be compared as text; this one is ours.
    return tasks(CLOSED + " AND number < " + beforeNumber + " ORDER BY number DESC LIMIT " + limit);
  }

  private List<Task> tasks(String which, String... values) throws SQLException {
    return all(TASKS + which, RowReader::task, values).stream().map(RecordedTask::task).toList();
  }

  private static RecordedTask task(ResultSet row) throws SQLException, JsonProcessingException {
    RowJson.Launch launch = RowJson.read(row.getString("launch"), RowJson.Launch.class);
    RowJson.State state = RowJson.read(row.getString("state"), RowJson.State.class);
    String outcome = row.getString("outcome");
    Task task =
        new Task(
            new TaskId(row.getString("id")),
            row.getLong("number"),
            launch.ancestors(),
            launch.spec(),
            launch.options(),
            launch.provenance(),
            TaskStatus.valueOf(row.getString("status")),
            row.getString("session"),
            state.activation(),
            state.promptId(),
            state.model(),
            row.getLong("created"),
            state.startedMillis(),
            row.getLong("settled"),
            state.progress(),
            outcome == null ? null : RowJson.read(outcome, Outcome.class));
    return new RecordedTask(task, row.getLong("version"), state.handling(), row.getString("owner"));
  }

  /** A notice may have got another id since it was written. */
  private static NoticeRow notice(ResultSet row) throws SQLException, JsonProcessingException {
    return RowJson.read(row.getString(2), NoticeRow.class).renamed(row.getString(1));
  }

  private static <T> Row<T> json(Class<T> type) {
    return row -> RowJson.read(row.getString(2), type);
  }

  /**
   * @param sql its first parameter is the owner
   * @param values of the other parameters
   */
  private <T> List<T> all(String sql, Row<T> reader, String... values) throws SQLException {
    List<T> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, owner);
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 2, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          try {
            all.add(reader.read(rows));
          } catch (JsonProcessingException e) {
            passOver(rows.getString(1), e.getOriginalMessage());
          } catch (IllegalArgumentException | NullPointerException e) {
            // It is JSON, but not of what it should be.
            passOver(rows.getString(1), e.toString());
          }
        }
      }
    }
    return all;
  }

  private static void passOver(String key, String why) {
    LOG.error("What is recorded of {} cannot be read, and is left as it is: {}", key, why);
  }
}
