package dev.sideline.host.embedded;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.SessionException;
import dev.sideline.host.embedded.store.StoredWorkplace;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client of an {@link EmbeddedRuntime} brings with it: which agents there are, the
 * environment of their commands, and where they work unless told otherwise. A session without a
 * parent has one, and those below it have the same. Immutable.
 */
public final class Workplace {

  private final Map<String, AgentDefinition> agents;
  private final AgentCatalog catalog;
  private final Path directory;
  private final @Nullable Map<String, String> environment;
  private @Nullable StoredWorkplace stored;

  private Workplace(
      Map<String, AgentDefinition> agents,
      Path directory,
      @Nullable Map<String, String> environment) {
    this.agents = agents;
    this.catalog =
        new AgentCatalog(
            agents.values().stream()
                .map(agent -> AgentInfo.offered(agent.name(), agent.description()))
                .toList(),
            null);
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * One whose commands have the environment of this process.
   *
   * @param agents of two with one name, the later one counts
   * @param directory where agents work in sessions for which no directory was given
   */
  public static Workplace of(Collection<AgentDefinition> agents, Path directory) {
    Map<String, AgentDefinition> byName = new LinkedHashMap<>();
    agents.forEach(agent -> byName.put(agent.name(), agent));
    return new Workplace(
        Collections.unmodifiableMap(byName), directory.toAbsolutePath().normalize(), null);
  }

  /**
   * The same with another environment of its commands. What marks or opens the session in which it
   * came to be does not go on to them; the programs of commands are looked for on its {@code PATH}.
   */
  public Workplace withEnvironment(Map<String, String> variables) {
    return new Workplace(agents, directory, Map.copyOf(variables));
  }

  /** The agents that prompts may name. */
  public List<AgentDefinition> agents() {
    return List.copyOf(agents.values());
  }

  /** Where agents work in sessions for which no directory was given; absolute. */
  public Path directory() {
    return directory;
  }

  /** The environment of its commands; null for that of this process. */
  @Nullable Map<String, String> environment() {
    return environment;
  }

  AgentCatalog catalog() {
    return catalog;
  }

  /**
   * The agent of a name.
   *
   * @throws SessionException if there is none
   */
  AgentDefinition agent(String name) {
    AgentDefinition definition = agents.get(name);
    if (definition == null) {
      throw new SessionException(
          SessionException.Code.INVALID,
          "there is no agent '" + name + "'; there are " + String.join(", ", agents.keySet()));
    }
    return definition;
  }

  /** What of it is written to the disk: not the environment. */
  synchronized StoredWorkplace stored() {
    StoredWorkplace known = stored;
    if (known == null) {
      known = StoredWorkplace.of(WorkplaceText.write(this));
      stored = known;
    }
    return known;
  }

  /** Without the environment, in which secrets may be. */
  @Override
  public String toString() {
    return "Workplace[" + directory + ", agents " + String.join(", ", agents.keySet()) + "]";
  }
}
