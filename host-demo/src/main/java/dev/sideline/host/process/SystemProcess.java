package dev.sideline.host.process;

/**
 * A process as the system shows it.
 *
 * @param parent 0 if it has none or none that is known
 * @param group {@value #UNKNOWN} where the system does not tell
 * @param session {@value #UNKNOWN} where the system does not tell
 * @param start when it began: ticks since the system started on Linux, milliseconds since the epoch
 *     elsewhere. Together with the id it names one process for good
 */
record SystemProcess(long pid, long parent, long group, long session, long start) {

  static final long UNKNOWN = -1;

  /** Whether both are the same one; a group or a parent may have changed meanwhile. */
  boolean is(SystemProcess other) {
    return pid == other.pid && start == other.start;
  }
}
