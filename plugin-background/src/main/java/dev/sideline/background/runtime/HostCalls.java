package dev.sideline.background.runtime;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls to the host that have not ended, in the order of their beginnings. All have the same
 * time, so the first of them is also the first whose time is over: to look costs the same however
 * many there are. Safe for use from any thread.
 */
final class HostCalls {

  private final Set<HostCall<?>> open = new LinkedHashSet<>();
  private volatile long firstDeadlineMillis = Long.MAX_VALUE;

  synchronized void add(HostCall<?> call) {
    open.add(call);
    if (open.size() == 1) {
      firstDeadlineMillis = call.deadlineMillis();
    }
  }

  synchronized void remove(HostCall<?> call) {
    boolean first = call.deadlineMillis() == firstDeadlineMillis;
    if (open.remove(call) && first) {
      Iterator<HostCall<?>> others = open.iterator();
      firstDeadlineMillis = others.hasNext() ? others.next().deadlineMillis() : Long.MAX_VALUE;
    }
  }

  /** When the time of a call is over next. Does not block. */
  long nextDueMillis() {
    return firstDeadlineMillis;
  }

  /** The first call, removed, if its time is over. */
  synchronized @Nullable HostCall<?> pollOverdue(long nowMillis) {
    if (firstDeadlineMillis > nowMillis) {
      return null;
    }
    HostCall<?> first = open.iterator().next();
    remove(first);
    return first;
  }

  synchronized List<HostCall<?>> removeAll() {
    List<HostCall<?>> all = new ArrayList<>(open);
    open.clear();
    firstDeadlineMillis = Long.MAX_VALUE;
    return all;
  }
}
