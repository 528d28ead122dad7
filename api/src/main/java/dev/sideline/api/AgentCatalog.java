package dev.sideline.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agents of a host, as one session sees them.
 *
 * @param agents all of them, each name once, in the order in which they are shown
 * @param byDefault the agent that works if none is named; null if one has to be named
 */
public record AgentCatalog(List<AgentInfo> agents, @Nullable String byDefault) {

  public AgentCatalog {
    agents = List.copyOf(agents);
  }

  /** The agent of a name, if there is one. */
  public Optional<AgentInfo> find(String name) {
    return agents.stream().filter(agent -> agent.name().equals(name)).findFirst();
  }
}
