package dev.sideline.background.settings;

import java.util.Set;

/**
 * Agents that an operator has named.
 *
 * @param all whether that is every agent
 * @param names those that are named otherwise
 */
public record NamedAgents(boolean all, Set<String> names) {

  public NamedAgents {
    names = Set.copyOf(names);
  }

  /** Whether an agent is one of them. */
  public boolean contains(String agent) {
    return all || names.contains(agent);
  }

  /** Whether none is named. */
  public boolean isEmpty() {
    return !all && names.isEmpty();
  }
}
