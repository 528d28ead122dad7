package dev.sideline.background.settings;

import dev.sideline.background.task.Budget;
import java.time.Duration;
import java.util.List;

/**
 * How the plugin behaves. Made by {@link SettingsReader} from what the operator wrote; every value
 * here is within its range. A limit of 0, and a duration of zero, is none.
 *
 * @param slots how many tasks run at once
 * @param launches what may be launched
 * @param rights what those who launch may ask for
 * @param models which models agents work with
 * @param watchdog when a task is stopped that does not end by itself
 * @param requests what becomes of permissions and questions that nobody answers
 * @param notices how parents are told
 * @param sessions how sessions are followed
 * @param retention how long finished tasks stay readable
 * @param texts how long texts may be
 * @param maxWait the longest wait of one call
 * @param disposeWithin how long running tasks may take to stop when the plugin is disposed
 */
public record Settings(
    Slots slots,
    Launches launches,
    Rights rights,
    Models models,
    Watchdog watchdog,
    Requests requests,
    Notices notices,
    Sessions sessions,
    Retention retention,
    Texts texts,
    Duration maxWait,
    Duration disposeWithin) {

  /**
   * How many tasks run at once.
   *
   * @param maxRunning over all parents
   * @param maxRunningPerParent of one parent
   * @param maxRunningPerTree of a session and all below it
   * @param perAgent of one agent
   * @param perModel with one model
   * @param perProvider with models of one provider
   * @param maxStarting how many sessions are being created and prompted
   * @param whenFull what happens to a launch that cannot start at once
   */
  public record Slots(
      int maxRunning,
      int maxRunningPerParent,
      int maxRunningPerTree,
      KeyLimits perAgent,
      KeyLimits perModel,
      KeyLimits perProvider,
      int maxStarting,
      WhenFull whenFull) {}

  /** What happens to a launch that cannot start at once. */
  public enum WhenFull {
    /** It waits. */
    WAIT,
    /** It is refused. */
    REFUSE
  }

  /**
   * What may be launched.
   *
   * @param maxTasks how many tasks there are at once, waiting, running or not yet announced, over
   *     all parents
   * @param maxTasksPerParent likewise, of one parent
   * @param maxBytes the memory that what they were told and have answered may take
   * @param maxPerParent how many tasks one session may launch in all its life
   * @param maxDepth how many tasks deep tasks may launch tasks; 1 bars tasks from launching
   * @param retries how often a launch is tried again that failed for a passing reason
   * @param afterFailed what becomes of a task that was to start after one that has not succeeded
   */
  public record Launches(
      int maxTasks,
      int maxTasksPerParent,
      long maxBytes,
      int maxPerParent,
      int maxDepth,
      int retries,
      AfterFailed afterFailed) {}

  /** What becomes of a task that was to start after one that has not succeeded. */
  public enum AfterFailed {
    /** It fails too. */
    FAIL,
    /** It runs all the same. */
    RUN
  }

  /**
   * What those who launch may ask for, beyond what their host gives them.
   *
   * @param agents the agents that may be launched besides those that the host offers
   * @param directories where tasks may work besides where their parent does; a path that is not
   *     absolute counts from there
   * @param permissions who may give a task a permission
   */
  public record Rights(NamedAgents agents, List<String> directories, Permissions permissions) {

    public Rights {
      directories = List.copyOf(directories);
    }
  }

  /** Who may give a task a permission that it asks for. To refuse it, the parent always may. */
  public enum Permissions {
    /** A person, in the host or with an operator's rights. */
    PERSON,
    /** The parent as well, each time anew. */
    PARENT_ONCE
  }

  /**
   * When a task is stopped that does not end by itself.
   *
   * @param timeout how long a task may take, unless its launch says otherwise
   * @param stall how long a task may give no sign of life, unless its launch says otherwise
   * @param onStall what is done about one that still gives none after as long again
   * @param loopCalls how often in a row the same tool may be called with the same arguments
   * @param perTask what a task may use
   * @param perTree what the tasks of a session and all below it may use together
   * @param retrying how long a host may try a model again and again
   */
  public record Watchdog(
      Duration timeout,
      Duration stall,
      OnStall onStall,
      int loopCalls,
      Budget perTask,
      Budget perTree,
      Duration retrying) {}

  /** What is done about a task that gives no sign of life. */
  public enum OnStall {
    /** Its parent is told, and that is all. */
    REPORT,
    /** Its agent is told to go on, once; it fails if that does not help. */
    NUDGE,
    /** It is cancelled. */
    CANCEL,
    /** It fails. */
    FAIL
  }

  /**
   * What becomes of permissions and questions that nobody answers.
   *
   * @param timeout how long they wait
   * @param onTimeout what is answered then
   */
  public record Requests(Duration timeout, OnTimeout onTimeout) {}

  /** What is answered when nobody does. */
  public enum OnTimeout {
    /** No. */
    REJECT,
    /** Permissions are given, this once; questions are rejected. */
    ALLOW,
    /** Nothing: the task is cancelled. */
    CANCEL
  }

  /**
   * How parents are told.
   *
   * @param delay how long the end of a task may wait for others to be told with it
   * @param busyParent how long a parent that is at work may finish that before it is told
   * @param maxWakes how often in a row a session is set to work before a person has said something
   */
  public record Notices(Duration delay, Duration busyParent, int maxWakes) {}

  /**
   * How sessions are followed.
   *
   * @param adoptChildren whether sessions count as tasks that a host creates under a parent itself
   * @param onParentDeleted what happens to the running tasks of a session that is deleted
   * @param onParentInterrupted what happens to the running tasks of a session that is stopped
   * @param reconcileEvery how often the host is asked about tasks that have been silent
   * @param lostAfter how long a session may be idle in the middle of its work before its task is
   *     lost
   * @param onRestart what happens then, if its agent had begun or was about to
   * @param cancelGrace how long a session may take to become quiet before its task is abandoned
   * @param callTimeout how long a call to the host may take before it counts as failed
   */
  public record Sessions(
      boolean adoptChildren,
      OnParentDeleted onParentDeleted,
      OnParentInterrupted onParentInterrupted,
      Duration reconcileEvery,
      Duration lostAfter,
      OnRestart onRestart,
      Duration cancelGrace,
      Duration callTimeout) {}

  /** What happens to a task whose agent stopped in the middle, as when its host was restarted. */
  public enum OnRestart {
    /** Its agent is told to go on. */
    RESUME,
    /** Its parent is told, and decides. */
    REPORT,
    /** It fails. */
    FAIL
  }

  /** What happens to the running tasks of a session that is deleted. */
  public enum OnParentDeleted {
    /** They are cancelled. */
    CANCEL,
    /** They run to their end, and nobody is told. */
    DETACH
  }

  /** What happens to the running tasks of a session that somebody stops in the host. */
  public enum OnParentInterrupted {
    /** Nothing: they run on, and it is told. */
    LEAVE,
    /** They run to their end, and it is not told. */
    DETACH,
    /** They are cancelled. */
    CANCEL
  }

  /**
   * How long finished tasks stay readable.
   *
   * @param maxCount how many
   * @param maxBytes how much memory they may take
   * @param lifetime how long, once nobody is owed them
   * @param maxRecorded how many stay in the record, where the host has a database
   * @param maxRecordedChars how long their texts may be together
   * @param recordedLifetime how long each stays there
   */
  public record Retention(
      int maxCount,
      long maxBytes,
      Duration lifetime,
      int maxRecorded,
      long maxRecordedChars,
      Duration recordedLifetime) {}

  /**
   * How long texts may be, in characters.
   *
   * @param maxPrompt the longest prompt
   * @param maxResult how much of a task's answer is kept, its end
   * @param maxOutput how much of an answer one call returns when it does not say
   */
  public record Texts(int maxPrompt, int maxResult, int maxOutput) {}
}
