package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What plugins say of telling sessions of their tasks. How the tasks themselves are doing is asked,
 * not heard: what is heard may come late. Safe for use from any thread.
 */
final class TaskWatch implements Consumer<PluginEvent> {

  private final Map<String, Set<String>> announced = new HashMap<>();
  private final Set<String> toldOfAll = new HashSet<>();

  @Override
  public synchronized void accept(PluginEvent event) {
    if (event instanceof PluginEvent.NoticeSent notice) {
      announced
          .computeIfAbsent(notice.sessionId(), session -> new HashSet<>())
          .addAll(notice.taskIds());
    } else if (event instanceof PluginEvent.AllTasksEnded all) {
      toldOfAll.add(all.sessionId());
    }
  }

  /** Whether a session's tasks had all ended, and it was told whatever it is to be told. */
  synchronized boolean toldOfAll(String sessionId) {
    return toldOfAll.contains(sessionId);
  }

  /** The tasks that a session was told of. */
  synchronized Set<String> announcedTo(String sessionId) {
    return Set.copyOf(announced.getOrDefault(sessionId, Set.of()));
  }
}
