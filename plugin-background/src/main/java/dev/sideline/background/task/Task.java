package dev.sideline.background.task;

import dev.sideline.api.ModelRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task as it stands at one moment; what is stored and what is shown.
 *
 * @param id its id
 * @param number its place among all tasks, in order of launch; what was launched or has ended in
 *     the same millisecond is told apart by it. 0 until the engine has taken it
 * @param ancestors the sessions above it, its parent first, then the parent's parent and so on as
 *     far as they are tasks' sessions; each of them may see and touch it
 * @param spec what it is to do
 * @param options under what conditions
 * @param provenance how it came to be
 * @param status where it is in its life
 * @param session the child session that it runs in; null before that exists
 * @param activation how often its session was set to work for it: 1 for the first prompt; a message
 *     that is sent to it, or a notice that wakes it for tasks of its own, is the next
 * @param promptId the id of the message that began the activation; null before the session exists,
 *     and in an adopted task, whose every message counts
 * @param model the model that it works with now; null for its agent's own
 * @param createdMillis when it was launched, in milliseconds of the runtime's time, which begins at
 *     the epoch's and stands still while the process does
 * @param startedMillis when it got its slot; 0 before that
 * @param settledMillis when it ended; 0 before that
 * @param progress how far it was when this was written
 * @param outcome how it ended; null before that
 */
public record Task(
    TaskId id,
    long number,
    List<String> ancestors,
    TaskSpec spec,
    LaunchOptions options,
    Provenance provenance,
    TaskStatus status,
    @Nullable String session,
    int activation,
    @Nullable String promptId,
    @Nullable ModelRef model,
    long createdMillis,
    long startedMillis,
    long settledMillis,
    Progress progress,
    @Nullable Outcome outcome) {

  /** Its objects without its texts. */
  private static final int FIXED_BYTES = 600;

  /** At most. */
  private static final long BYTES_PER_CHAR = 2;

  /** In the order in which tasks were launched. */
  public static final Comparator<Task> BY_LAUNCH =
      Comparator.comparingLong(Task::number).thenComparing(task -> task.id().value());

  /** In the order in which tasks have ended, as far as the clock tells it. */
  public static final Comparator<Task> BY_END =
      Comparator.comparingLong(Task::settledMillis).thenComparing(BY_LAUNCH);

  public Task {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(progress, "progress");
  }

  /**
   * A task that has just been accepted.
   *
   * @param session the session that it goes on in; null if it is to have one of its own
   */
  public static Task pending(
      TaskId id,
      List<String> ancestors,
      TaskSpec spec,
      LaunchOptions options,
      Provenance provenance,
      @Nullable String session,
      long createdMillis) {
    return new Task(
        id,
        0,
        ancestors,
        spec,
        options,
        provenance,
        TaskStatus.PENDING,
        session,
        0,
        null,
        spec.model(),
        createdMillis,
        0,
        0,
        Progress.NONE,
        null);
  }

  /** A task that was found at work in a session of the host's own making. */
  public static Task adopted(
      TaskId id, List<String> ancestors, TaskSpec spec, String session, long nowMillis) {
    return new Task(
        id,
        0,
        ancestors,
        spec,
        LaunchOptions.NONE,
        Provenance.ADOPTED,
        TaskStatus.RUNNING,
        session,
        1,
        null,
        null,
        nowMillis,
        nowMillis,
        0,
        Progress.NONE,
        null);
  }

  /** The session that launched it. */
  public String parent() {
    return ancestors.get(0);
  }

  /** The uppermost session of its tree. */
  public String root() {
    return ancestors.get(ancestors.size() - 1);
  }

  /**
   * The tasks that it follows on: those that had to end first, and the one that it goes on with.
   */
  public List<TaskId> before() {
    TaskId resumes = provenance.resumes();
    if (resumes == null) {
      return provenance.after();
    }
    List<TaskId> all = new ArrayList<>(provenance.after());
    all.add(resumes);
    return all;
  }

  /** Whether the task is of the tree below a session, and so that session's to see and touch. */
  public boolean belongsTo(String sessionId) {
    return ancestors.contains(sessionId);
  }

  /** Whether it has ended for a reason. */
  public boolean endedFor(Outcome.Reason reason) {
    return outcome != null && outcome.reason() == reason;
  }

  /** Whether it was launched with exactly this. */
  public boolean launchedWith(TaskSpec what, LaunchOptions how, Provenance following) {
    return spec.equals(what) && options.equals(how) && provenance.equals(following);
  }

  /** What it takes in memory, in bytes, as far as that depends on what others have written. */
  public long bytes() {
    long chars = spec.prompt().length() + (long) spec.description().length();
    if (spec.resultSchema() != null) {
      chars += spec.resultSchema().length();
    }
    if (outcome != null) {
      chars += outcome.text().length();
    }
    return FIXED_BYTES + BYTES_PER_CHAR * chars;
  }

  /** How long it has existed, or did until it ended, in milliseconds. */
  public long elapsedMillis(long nowMillis) {
    return Math.max(0, (settledMillis == 0 ? nowMillis : settledMillis) - createdMillis);
  }

  /** The same task with its place among all tasks. */
  public Task withNumber(long place) {
    Draft draft = new Draft(this);
    draft.number = place;
    return draft.done();
  }

  /** The same task in another state. The caller has checked that it may move there. */
  public Task withStatus(TaskStatus next) {
    Draft draft = new Draft(this);
    draft.status = next;
    return draft.done();
  }

  /** The same task with its slot. */
  public Task started(long nowMillis) {
    Draft draft = new Draft(this);
    draft.status = TaskStatus.STARTING;
    draft.startedMillis = nowMillis;
    return draft.done();
  }

  /** The same task with its session. */
  public Task inSession(String sessionId) {
    Draft draft = new Draft(this);
    draft.session = sessionId;
    return draft.done();
  }

  /**
   * The same task, its session set to work by a message.
   *
   * @param messageId the message after which what is said counts; null if all of it does
   */
  public Task activated(String sessionId, @Nullable String messageId) {
    Draft draft = new Draft(this);
    draft.session = sessionId;
    draft.activation = activation + 1;
    draft.promptId = messageId;
    return draft.done();
  }

  /** The same task with another model. */
  public Task withModel(@Nullable ModelRef next) {
    Draft draft = new Draft(this);
    draft.model = next;
    return draft.done();
  }

  /** The same task with its progress. */
  public Task withProgress(Progress now) {
    if (now.equals(progress)) {
      return this;
    }
    Draft draft = new Draft(this);
    draft.progress = now;
    return draft.done();
  }

  /** The same task, ended. */
  public Task settled(Outcome how, long nowMillis, Progress last) {
    Draft draft = new Draft(this);
    draft.status = how.status();
    draft.settledMillis = nowMillis;
    draft.progress = last;
    draft.outcome = how;
    return draft.done();
  }

  /** A task that is about to differ in some of what can change. */
  private static final class Draft {
    private final Task task;
    private long number;
    private TaskStatus status;
    private @Nullable String session;
    private int activation;
    private @Nullable String promptId;
    private @Nullable ModelRef model;
    private long startedMillis;
    private long settledMillis;
    private Progress progress;
    private @Nullable Outcome outcome;

    private Draft(Task task) {
      this.task = task;
      this.number = task.number;
      this.status = task.status;
      this.session = task.session;
      this.activation = task.activation;
      this.promptId = task.promptId;
      this.model = task.model;
      this.startedMillis = task.startedMillis;
      this.settledMillis = task.settledMillis;
      this.progress = task.progress;
      this.outcome = task.outcome;
    }

    private Task done() {
      return new Task(
          task.id,
          number,
          task.ancestors,
          task.spec,
          task.options,
          task.provenance,
          status,
          session,
          activation,
          promptId,
          model,
          task.createdMillis,
          startedMillis,
          settledMillis,
          progress,
          outcome);
    }
  }
}
