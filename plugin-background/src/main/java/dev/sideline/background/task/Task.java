package dev.sideline.background.task;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task as it stands at one moment; what is stored and what is shown.
 *
 * @param id its id
 * @param lineage the sessions above it, its parent first, then the parent's parent and so on as far
 *     as they are tasks' sessions; each of them may see and touch it
 * @param assignment what it is to do
 * @param status where it is in its life
 * @param session the child session that it runs in; null before that exists
 * @param activation how often its session was set to work for it: 1 for the first prompt; a notice
 *     that wakes it for tasks of its own is the next
 * @param promptId the id of the message that began the activation; null before the session exists
 * @param createdMillis when it was launched, in epoch milliseconds
 * @param startedMillis when it got its slot; 0 before that
 * @param settledMillis when it ended; 0 before that
 * @param progress how far it was when this was written
 * @param outcome how it ended; null before that
 */
public record Task(
    TaskId id,
    List<String> lineage,
    Assignment assignment,
    TaskStatus status,
    @Nullable String session,
    int activation,
    @Nullable String promptId,
    long createdMillis,
    long startedMillis,
    long settledMillis,
    Progress progress,
    @Nullable Outcome outcome) {

  public Task {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(assignment, "assignment");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(progress, "progress");
  }

  /** A task that has just been accepted. */
  public static Task pending(
      TaskId id, List<String> lineage, Assignment assignment, long createdMillis) {
    return new Task(
        id,
        lineage,
        assignment,
        TaskStatus.PENDING,
        null,
        0,
        null,
        createdMillis,
        0,
        0,
        Progress.NONE,
        null);
  }

  /** The session that launched it. */
  public String parent() {
    return lineage.get(0);
  }

  /** Whether the task is of the tree below a session, and so that session's to see and touch. */
  public boolean belongsTo(String sessionId) {
    return lineage.contains(sessionId);
  }

  /** How long it has existed, or did until it ended, in milliseconds. */
  public long elapsedMillis(long nowMillis) {
    return Math.max(0, (settledMillis == 0 ? nowMillis : settledMillis) - createdMillis);
  }

  /** The same task in another state. The caller has checked that it may move there. */
  public Task withStatus(TaskStatus next) {
    return new Task(
        id,
        lineage,
        assignment,
        next,
        session,
        activation,
        promptId,
        createdMillis,
        startedMillis,
        settledMillis,
        progress,
        outcome);
  }

  /** The same task with its slot. */
  public Task started(long nowMillis) {
    return new Task(
        id,
        lineage,
        assignment,
        TaskStatus.STARTING,
        session,
        activation,
        promptId,
        createdMillis,
        nowMillis,
        settledMillis,
        progress,
        outcome);
  }

  /** The same task, its session set to work by a message. */
  public Task activated(String sessionId, String messageId) {
    return new Task(
        id,
        lineage,
        assignment,
        status,
        sessionId,
        activation + 1,
        messageId,
        createdMillis,
        startedMillis,
        settledMillis,
        progress,
        outcome);
  }

  /** The same task with its progress. */
  public Task withProgress(Progress now) {
    return new Task(
        id,
        lineage,
        assignment,
        status,
        session,
        activation,
        promptId,
        createdMillis,
        startedMillis,
        settledMillis,
        now,
        outcome);
  }

  /** The same task, ended. */
  public Task settled(Outcome how, long nowMillis, Progress last) {
    return new Task(
        id,
        lineage,
        assignment,
        how.status(),
        session,
        activation,
        promptId,
        createdMillis,
        startedMillis,
        nowMillis,
        last,
        how);
  }
}
