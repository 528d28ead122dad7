package dev.sideline.background.settings;

import java.time.Duration;

/**
 * How the plugin behaves. Made by {@link SettingsReader} from what the operator wrote; every value
 * here is within its range.
 *
 * @param maxRunning how many tasks hold a slot at once, over all parents
 * @param maxRunningPerParent how many tasks of one parent hold a slot at once
 * @param maxStarting how many sessions are being created and prompted at once
 * @param maxTasks how many tasks there are at once, waiting, running or not yet announced, over all
 *     parents
 * @param maxTasksPerParent likewise, of one parent
 * @param maxDepth how many tasks deep tasks may launch tasks; 1 bars tasks from launching
 * @param onParentDeleted what happens to the running tasks of a session that is deleted
 * @param reconcileEvery how often the host is asked about tasks that have been silent
 * @param lostAfter how long a session may be idle in the middle of its work before its task is lost
 * @param cancelGrace how long a session may take to become quiet before its task is abandoned
 * @param retainedMaxCount how many settled tasks stay readable
 * @param retainedMaxBytes how much memory settled tasks may take
 * @param retainedLifetime how long a settled task stays readable once nobody is owed it
 * @param maxPromptChars the longest prompt
 * @param maxResultChars how much of a task's answer is kept, its end
 * @param maxOutputChars how much of an answer one call returns when it does not say
 * @param maxWait the longest wait of one call
 * @param disposeWithin how long running tasks may take to stop when the plugin is disposed
 */
public record Settings(
    int maxRunning,
    int maxRunningPerParent,
    int maxStarting,
    int maxTasks,
    int maxTasksPerParent,
    int maxDepth,
    OnParentDeleted onParentDeleted,
    Duration reconcileEvery,
    Duration lostAfter,
    Duration cancelGrace,
    int retainedMaxCount,
    long retainedMaxBytes,
    Duration retainedLifetime,
    int maxPromptChars,
    int maxResultChars,
    int maxOutputChars,
    Duration maxWait,
    Duration disposeWithin) {

  /** What happens to the running tasks of a session that is deleted. */
  public enum OnParentDeleted {
    /** They are cancelled. */
    CANCEL,
    /** They run to their end, and nobody is told. */
    DETACH
  }
}
