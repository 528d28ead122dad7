package dev.sideline.host.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How the processes that a host has started are told from all others. Descendants alone are not
 * all: a process whose parent has ended belongs to nobody any more. On Linux there are three more
 * signs, each of which a process inherits from whoever starts it:
 *
 * <ul>
 *   <li>a mark in the environment, until it is cleared;
 *   <li>the session of a process that is known, until it begins one of its own;
 *   <li>the limit for file locks, which Linux keeps and shows and has not looked at for twenty
 *       years: the watcher sets that of the host to a number of its own before the host starts
 *       anything. A process would have to set it on purpose to lose it.
 * </ul>
 *
 * @param host the mark of the host, a part of the marks of its trees
 * @param limit the number; empty if it could not be set
 * @param since when the host began: what is older was started by somebody else
 * @param self the process id of the host
 * @param session the session of the host; {@value SystemProcess#UNKNOWN} if that is not known
 */
record TreeSigns(String host, OptionalLong limit, long since, long self, long session) {

  /** The marks of a tree and of those that it is inside of, with slashes between. */
  static final String MARK_VARIABLE = "SIDELINE_RUN";

  /** The parent of all orphans, as which a host in a container may run. */
  private static final long FIRST_PROCESS = 1;

  /** The number of a tree, with the dash before it and what shows that it is at its end. */
  private static final int MAX_NUMBER_CHARS = 12;

  private static final int MAX_MARKS_CHARS = 4_096;

  private static final long SMALLEST_LIMIT = 1L << 40;
  private static final long LARGEST_LIMIT = 1L << 62;

  /** A mark that no other host has. */
  static String newHost() {
    return UUID.randomUUID().toString();
  }

  /** A number that no other host has, so large that nothing is limited. */
  static long newLimit() {
    return ThreadLocalRandom.current().nextLong(SMALLEST_LIMIT, LARGEST_LIMIT);
  }

  /** What the variable is to be for a tree with a mark. */
  static String markValue(String mark) {
    String inherited = System.getenv(MARK_VARIABLE);
    return inherited == null ? mark : inherited + "/" + mark;
  }

  /** Whether this process itself was started by the host of these signs, however far up. */
  boolean markThisProcess() {
    String inherited = System.getenv(MARK_VARIABLE);
    return (inherited != null && inherited.contains(host))
        || bearsLimit(ProcessHandle.current().pid());
  }

  /** Everything of the host that lives, with what descends from roots. */
  Set<SystemProcess> living(ProcessTable table, Collection<SystemProcess> roots) {
    Set<SystemProcess> found = new LinkedHashSet<>();
    roots.forEach(root -> table.now(root).ifPresent(found::add));
    for (SystemProcess process : candidates(table)) {
      if (ProcessTable.environment(process.pid()).contains(host)) {
        found.add(process);
      }
    }
    spread(table, found);
    found.addAll(strays(table, found));
    return found;
  }

  /**
   * What lives of single trees.
   *
   * @param wanted the trees; what was known of them is found again
   * @param others the trees that go on
   */
  Map<StartedTree, Set<SystemProcess>> living(
      ProcessTable table, Collection<StartedTree> wanted, Collection<StartedTree> others) {
    List<SystemProcess> candidates = candidates(table);
    Map<Long, String> marks = new HashMap<>();
    candidates.forEach(one -> marks.put(one.pid(), marksOf(one)));
    Map<StartedTree, Set<SystemProcess>> living = new HashMap<>();
    Set<SystemProcess> known = new HashSet<>();
    List<StartedTree> all = new ArrayList<>(others);
    all.addAll(wanted);
    for (StartedTree tree : all) {
      Set<SystemProcess> found = new LinkedHashSet<>();
      tree.seen().forEach(one -> table.now(one).ifPresent(found::add));
      for (SystemProcess process : candidates) {
        if (tree.isAmong(marks.getOrDefault(process.pid(), ""))) {
          found.add(process);
        }
      }
      spread(table, found);
      tree.saw(found);
      living.put(tree, found);
      known.addAll(found);
    }
    // Of two trees that end at once it matters to none which of them a stray is counted to.
    for (SystemProcess stray : strays(table, known)) {
      if (others.stream().noneMatch(tree -> tree.began() <= stray.start())) {
        wanted.stream()
            .filter(tree -> tree.began() <= stray.start())
            .findAny()
            .map(living::get)
            .ifPresent(found -> found.add(stray));
      }
    }
    living.keySet().retainAll(new HashSet<>(wanted));
    return living;
  }

  /** What is kept of an environment, which may have megabytes, as all are looked at together. */
  private String marksOf(SystemProcess process) {
    String environment = ProcessTable.environment(process.pid());
    StringBuilder marks = new StringBuilder();
    int at = environment.indexOf(host);
    while (at >= 0 && marks.length() < MAX_MARKS_CHARS) {
      int end = Math.min(at + host.length() + MAX_NUMBER_CHARS, environment.length());
      marks.append(environment, at, end).append('\0');
      at = environment.indexOf(host, at + host.length());
    }
    return marks.toString();
  }

  private List<SystemProcess> candidates(ProcessTable table) {
    return table.all().stream()
        .filter(process -> process.start() >= since && process.pid() != self)
        .toList();
  }

  /** Adds what descends from what was found, and what is in a session that one of it began. */
  private void spread(ProcessTable table, Set<SystemProcess> found) {
    Map<Long, List<SystemProcess>> children = new HashMap<>();
    Map<Long, List<SystemProcess>> sessions = new HashMap<>();
    for (SystemProcess process : candidates(table)) {
      children.computeIfAbsent(process.parent(), any -> new ArrayList<>()).add(process);
      sessions.computeIfAbsent(process.session(), any -> new ArrayList<>()).add(process);
    }
    Deque<SystemProcess> next = new ArrayDeque<>(found);
    for (SystemProcess one = next.poll(); one != null; one = next.poll()) {
      List<SystemProcess> more = new ArrayList<>(children.getOrDefault(one.pid(), List.of()));
      if (hasBegun(one.session(), one)) {
        more.addAll(sessions.getOrDefault(one.session(), List.of()));
      }
      more.stream().filter(found::add).forEach(next::add);
    }
  }

  /** Nobody can enter a session: one that is not the host's was begun by what the host started. */
  private boolean hasBegun(long sessionOfOne, SystemProcess one) {
    return sessionOfOne > 0
        && (sessionOfOne == one.pid()
            || (session != SystemProcess.UNKNOWN && sessionOfOne != session));
  }

  /** What has left everything but the limit. What the host itself has otherwise started is not. */
  private List<SystemProcess> strays(ProcessTable table, Set<SystemProcess> known) {
    if (limit.isEmpty()) {
      return List.of();
    }
    return candidates(table).stream()
        .filter(process -> !known.contains(process))
        .filter(process -> !descends(table, process) && bearsLimit(process.pid()))
        .toList();
  }

  private boolean descends(ProcessTable table, SystemProcess process) {
    if (self == FIRST_PROCESS) {
      return false;
    }
    Set<Long> seen = new HashSet<>();
    Optional<SystemProcess> up = Optional.of(process);
    while (up.isPresent() && seen.add(up.get().pid())) {
      if (up.get().parent() == self) {
        return true;
      }
      up = table.get(up.get().parent());
    }
    return false;
  }

  private boolean bearsLimit(long pid) {
    return limit.isPresent()
        && ProcessTable.fileLocks(pid).filter(locks -> locks == limit.getAsLong()).isPresent();
  }
}
