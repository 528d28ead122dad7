package dev.sideline.background.rights;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.background.rights.AgentRefusal.Why;
import dev.sideline.background.settings.NamedAgents;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The agents that one session may launch: those that its host offers it, and of the others those
 * that the operator has named. What the host forbids stays forbidden.
 */
public final class LaunchableAgents {

  /** Null if the host cannot say which agents there are. */
  private final @Nullable AgentCatalog catalog;

  private final NamedAgents named;

  private LaunchableAgents(@Nullable AgentCatalog catalog, NamedAgents named) {
    this.catalog = catalog;
    this.named = named;
  }

  /** Whatever is named. */
  public static LaunchableAgents any() {
    return ofSilentHost(new NamedAgents(false, Set.of()));
  }

  /** Of a host that says which agents there are. */
  public static LaunchableAgents of(AgentCatalog catalog, NamedAgents named) {
    return new LaunchableAgents(catalog, named);
  }

  /**
   * Of a host that does not say which agents there are: those that the operator has named, and any
   * if it has named none.
   */
  public static LaunchableAgents ofSilentHost(NamedAgents named) {
    return new LaunchableAgents(null, named);
  }

  /** The agent that is launched if none is named; null if one has to be. */
  public @Nullable String byDefault() {
    String agent = catalog == null ? null : catalog.byDefault();
    return agent == null || whyNot(agent) != null ? null : agent;
  }

  /** Why an agent may not be launched; null if it may. */
  public @Nullable AgentRefusal refusal(String agent) {
    Why why = agent.isEmpty() ? Why.NOT_NAMED : whyNot(agent);
    return why == null ? null : new AgentRefusal(agent, why, launchable(), byDefault());
  }

  private @Nullable Why whyNot(String agent) {
    if (catalog == null) {
      return named.isEmpty() || named.contains(agent) ? null : Why.NOT_ALLOWED;
    }
    AgentInfo found = catalog.find(agent).orElse(null);
    if (found == null) {
      return Why.UNKNOWN;
    }
    return switch (found.access()) {
      case OFFERED -> null;
      case RESERVED -> named.contains(agent) ? null : Why.NOT_ALLOWED;
      case DENIED -> Why.DENIED;
    };
  }

  private List<AgentInfo> launchable() {
    if (catalog == null) {
      return named.names().stream().sorted().map(name -> AgentInfo.offered(name, "")).toList();
    }
    return catalog.agents().stream().filter(agent -> whyNot(agent.name()) == null).toList();
  }
}
