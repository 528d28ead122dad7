package dev.sideline.host.embedded;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a workplace is written to the disk: the agents and the directory, and not the
 * environment. Of an agent that is built in its name alone, so that it is the one of the program
 * that reads it.
 */
final class WorkplaceText {

  private static final Logger log = LoggerFactory.getLogger(WorkplaceText.class);

  private record Content(String directory, List<Agent> agents) {}

  private record Agent(@Nullable String builtIn, @Nullable Definition definition) {}

  private record Definition(
      String name,
      String description,
      List<String> command,
      @Nullable String directory,
      @Nullable Map<String, String> environment,
      @Nullable Set<String> keptVariables,
      @Nullable String model,
      boolean toolLines,
      boolean asks) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private WorkplaceText() {}

  static String write(Workplace workplace) {
    List<AgentDefinition> builtIn = BuiltInAgents.all();
    List<Agent> agents =
        workplace.agents().stream()
            .map(
                agent ->
                    builtIn.contains(agent)
                        ? new Agent(agent.name(), null)
                        : new Agent(null, definition(agent)))
            .toList();
    try {
      return JSON.writeValueAsString(new Content(workplace.directory().toString(), agents));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("agents have a form as JSON", e);
    }
  }

  private static Definition definition(AgentDefinition agent) {
    Path directory = agent.directory();
    ModelRef model = agent.model();
    return new Definition(
        agent.name(),
        agent.description(),
        agent.command(),
        directory == null ? null : directory.toString(),
        agent.environment().isEmpty() ? null : agent.environment(),
        agent.keptVariables().isEmpty() ? null : agent.keptVariables(),
        model == null ? null : model.toString(),
        agent.toolLines(),
        agent.asks());
  }

  /**
   * One whose commands have the environment of this process.
   *
   * @param otherwise for what cannot be understood
   */
  static Workplace read(String text, Workplace otherwise) {
    try {
      Content content = JSON.readValue(text, Content.class);
      List<AgentDefinition> builtIn = BuiltInAgents.all();
      return Workplace.of(
          content.agents().stream().flatMap(agent -> agent(agent, builtIn).stream()).toList(),
          Path.of(content.directory()));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      log.warn("A workplace that was recorded cannot be understood: {}", e.toString());
      return otherwise;
    }
  }

  /** Empty for one that was built in once. */
  private static Optional<AgentDefinition> agent(Agent agent, List<AgentDefinition> builtIn) {
    Definition read = agent.definition();
    if (read == null) {
      return builtIn.stream().filter(one -> one.name().equals(agent.builtIn())).findFirst();
    }
    return Optional.of(
        new AgentDefinition(
            read.name(),
            read.description(),
            read.command(),
            read.directory() == null ? null : Path.of(read.directory()),
            Objects.requireNonNullElse(read.environment(), Map.of()),
            Objects.requireNonNullElse(read.keptVariables(), Set.of()),
            read.model() == null ? null : ModelRef.parse(read.model()),
            read.toolLines(),
            read.asks()));
  }
}
