package dev.sideline.host.embedded.store;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.api.ToolUse;
import dev.sideline.host.Barrier;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The record of embedded sessions. What is to be written is taken at once and written in the order
 * in which it came, by a thread that commits whatever has come meanwhile together; what is asked is
 * answered as of what came before it. How durable a commit is, is the database's to say.
 *
 * <p>While the database cannot be written, what was taken is kept and tried again, {@link #refusal}
 * says why nothing more should be begun, and who waits is told.
 *
 * <p>Thread-safe. No method but {@link #open} and {@link #close} waits; futures complete on the
 * thread that writes, exceptionally with a {@link SessionException}.
 */
public final class SessionStore implements AutoCloseable {

  private final GroupWriter writer;
  private final long lastMessageId;

  private SessionStore(GroupWriter writer, long lastMessageId) {
    this.writer = writer;
    this.lastMessageId = lastMessageId;
  }

  /**
   * Opens it, makes its tables if they are not there, and brings to an end what was being written
   * when the last owner ended: answers that nobody goes on with any more.
   *
   * @throws SessionStoreException if it cannot be used; its message says what to do
   */
  public static SessionStore open(DataSource database, StoreLimits limits, Clock clock) {
    GroupWriter writer = new GroupWriter(database, limits, clock);
    boolean opened = false;
    try (SessionRows rows = writer.connect()) {
      for (StoredMessage unfinished : rows.unfinished()) {
        rows.put(interrupted(unfinished, clock));
      }
      rows.closeAll();
      long last = rows.mark(GroupWriter.MESSAGE_ID);
      rows.commit();
      opened = true;
      return new SessionStore(writer, last);
    } catch (SQLException e) {
      throw new SessionStoreException(
          "the record of sessions cannot be used: " + DatabaseProblem.describe(e), e);
    } finally {
      if (!opened) {
        writer.close();
      }
    }
  }

  private static StoredMessage interrupted(StoredMessage unfinished, Clock clock) {
    Message message = unfinished.message();
    return StoredMessage.closed(
        unfinished.sessionId(),
        unfinished.number(),
        message
            .withCompletedAt(clock.instant())
            .withToolUses(message.toolUses().stream().map(SessionStore::ended).toList())
            .withFailure(interruption(unfinished.asked())));
  }

  /**
   * The failure of an answer whose command ended with its host.
   *
   * @param asked what it waited for an answer to; null if it did not
   */
  public static Failure interruption(@Nullable String asked) {
    return new Failure(
        Failure.INTERRUPTED,
        "The host ended while this command ran, and the command with it. It was not started again."
            + (asked == null ? "" : "\nIt waited for an answer to: " + asked));
  }

  private static ToolUse ended(ToolUse use) {
    return use.state().ended()
        ? use
        : new ToolUse(
            use.callId(), use.tool(), ToolUse.State.FAILED, use.arguments(), use.result());
  }

  /**
   * The number of the last message id that was recorded to have been given out; 0 if there is none.
   */
  public long lastMessageId() {
    return lastMessageId;
  }

  /**
   * Begins to write. Called once, before anything else is.
   *
   * @param newestMessageId tells the number of the last message id that was given out
   * @param surplus takes the sessions that are more than may stay, some at a time, on a thread that
   *     is there for that alone
   */
  public void start(LongSupplier newestMessageId, Consumer<Surplus> surplus) {
    writer.start(newestMessageId, surplus);
  }

  /** Why nothing can be recorded just now; empty if it can be. */
  public Optional<String> refusal() {
    return writer.refusal();
  }

  /**
   * Records a session.
   *
   * @param workplace that of a session without a parent; null for any other
   */
  public void create(StoredSession session, @Nullable StoredWorkplace workplace) {
    writer.add(rows -> rows.create(session, workplace));
  }

  /** Records what has changed of a session. */
  public void update(String sessionId, SessionState state) {
    writer.add(rows -> rows.update(sessionId, state));
  }

  /** Records what the commands of a session may do without asking again. */
  public void allow(String sessionId, List<String> allowed) {
    writer.add(rows -> rows.allow(sessionId, allowed));
  }

  /** Records the workplace of a session at the top of its tree. */
  public void assign(String sessionId, StoredWorkplace workplace, long usedMillis) {
    writer.add(rows -> rows.assign(sessionId, workplace, usedMillis));
  }

  /** Records a message, in the place of one with the same number if there is one. */
  public void put(StoredMessage message) {
    writer.add(rows -> rows.put(message));
  }

  /** Forgets the messages of a session up to a number, but for answers that are being written. */
  public void drop(String sessionId, long upTo) {
    writer.add(rows -> rows.drop(sessionId, upTo));
  }

  /**
   * Removes a session and those below it.
   *
   * @param gone told which, each after those below it, on the thread that writes; also when the
   *     database could be written only long afterwards
   */
  public void delete(String sessionId, Consumer<List<String>> gone) {
    writer.add(rows -> rows.delete(sessionId), gone);
  }

  /**
   * Records an answer that is being written from time to time, until it is recorded as finished.
   *
   * @param soFar tells what there is of it; called on the thread that writes
   */
  public Growing follow(Supplier<StoredMessage> soFar) {
    return writer.follow(soFar);
  }

  /** A session that is recorded, with its messages; empty if there is none. */
  public CompletableFuture<Optional<LoadedSession>> load(String sessionId) {
    return writer.ask(rows -> rows.load(sessionId));
  }

  /** The children of a session, oldest first. */
  public CompletableFuture<List<Session>> children(String sessionId) {
    return writer.ask(rows -> rows.children(sessionId));
  }

  /** Completes when all that was given to be written before is recorded. */
  public CompletableFuture<?> recorded() {
    return writer.mark();
  }

  /** A number that grows with what is given to be written; see {@link #isRecorded}. */
  public long position() {
    return writer.position();
  }

  /** Whether all that was given to be written up to a position is recorded. */
  public boolean isRecorded(long position) {
    return writer.isRecorded(position);
  }

  /** Looks soon for what is more than may stay, which it does once an hour anyway. */
  public void purge() {
    writer.purgeSoon();
  }

  /** Writes what is left and ends. Bounded in time. Idempotent. */
  @Override
  public void close() {
    Barrier.run("Closing the record of sessions", writer::close);
  }
}
