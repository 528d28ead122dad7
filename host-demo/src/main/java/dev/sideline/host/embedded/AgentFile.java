package dev.sideline.host.embedded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.ModelRef;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the agents that an operator has configured:
 *
 * <pre>{@code
 * {"agents": {
 *   "claude": {
 *     "description": "Works on code",
 *     "command": ["claude", "-p", "--", "{prompt}"],
 *     "directory": "../project",
 *     "environment": {"NO_COLOR": "1"}
 *   },
 *   "gemini": {"command": ["gemini"], "prompt": "stdin"}
 * }}
 * }</pre>
 *
 * <p>Only {@code command} is needed; see {@link AgentDefinition} for what the fields mean. {@code
 * prompt} may say {@code argument} or {@code stdin}, which must agree with the command. {@code
 * model} is {@code PROVIDER/MODEL}, {@code keep_environment} a list of names, {@code tool_lines}
 * and {@code asks} are true or false. A relative directory starts at the directory of the file.
 * Beside {@code agents} the file may have {@code settings}, which are not for the agents. Anything
 * else is refused.
 */
public final class AgentFile {

  private static final Set<String> ROOT_FIELDS = Set.of("agents", "settings", "owner");
  private static final Set<String> AGENT_FIELDS =
      Set.of(
          "description",
          "command",
          "prompt",
          "directory",
          "environment",
          "keep_environment",
          "model",
          "tool_lines",
          "asks");
  private static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(20)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  private AgentFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws AgentFileException if it cannot be read or is not valid
   */
  public static List<AgentDefinition> read(Path file) {
    return read(file, text(file));
  }

  /**
   * Takes what was read of a file.
   *
   * @param file where the text comes from
   * @param text in it, without a byte order mark
   * @throws AgentFileException if it is not valid
   */
  public static List<AgentDefinition> read(Path file, String text) {
    AgentFile agents = new AgentFile(file);
    return agents.agents(agents.parse(text));
  }

  private static String text(Path file) {
    try {
      return SmallFile.read(file);
    } catch (NoSuchFileException e) {
      throw new AgentFileException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new AgentFileException(file + ": cannot be read: " + FileProblem.words(e), e);
    }
  }

  private List<AgentDefinition> agents(JsonNode root) {
    checkFields("the file", root, ROOT_FIELDS);
    JsonNode agents = root.path("agents");
    if (agents.isMissingNode()) {
      return List.of();
    }
    requireObject("agents", agents);
    List<AgentDefinition> definitions = new ArrayList<>();
    agents.properties().forEach(agent -> definitions.add(agent(agent.getKey(), agent.getValue())));
    return definitions;
  }

  private JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AgentFileException(
          String.format(
              "%s: not valid JSON at line %d, column %d: %s",
              file,
              e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
              e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
              e.getOriginalMessage()),
          e);
    }
  }

  private AgentDefinition agent(String name, JsonNode node) {
    String at = "agents." + name;
    checkFields(at, node, AGENT_FIELDS);
    AgentDefinition definition;
    try {
      definition =
          new AgentDefinition(
              name,
              text(at + ".description", node.path("description"), ""),
              command(at + ".command", node.path("command")),
              directory(at + ".directory", node.path("directory")),
              environment(at + ".environment", node.path("environment")),
              Set.copyOf(texts(at + ".keep_environment", node.path("keep_environment"))),
              model(at + ".model", node.path("model")),
              flag(at + ".tool_lines", node.path("tool_lines")),
              flag(at + ".asks", node.path("asks")));
    } catch (AgentFileException alreadyClear) {
      throw alreadyClear;
    } catch (IllegalArgumentException e) {
      throw new AgentFileException(file + ": " + at + ": " + e.getMessage(), e);
    }
    checkPrompt(at + ".prompt", node.path("prompt"), definition.has(Placeholder.PROMPT));
    return definition;
  }

  private void checkPrompt(String at, JsonNode node, boolean inCommand) {
    String how = text(at, node, inCommand ? "argument" : "stdin");
    switch (how) {
      case "argument" -> {
        if (!inCommand) {
          throw invalid(at + " is 'argument', so the command needs an element with {prompt}");
        }
      }
      case "stdin" -> {
        if (inCommand) {
          throw invalid(at + " is 'stdin', but the command has {prompt}: leave one of them out");
        }
      }
      default -> throw invalid(at + " must be 'argument' or 'stdin', got '" + how + "'");
    }
  }

  private List<String> command(String at, JsonNode node) {
    if (node.isMissingNode()) {
      throw invalid(at + " is missing: a list such as [\"claude\", \"-p\", \"{prompt}\"]");
    }
    if (!node.isArray() || node.isEmpty()) {
      throw invalid(at + " must be a list of texts, the program first, got " + node);
    }
    return texts(at, node);
  }

  private List<String> texts(String at, JsonNode node) {
    if (!node.isMissingNode() && !node.isArray()) {
      throw invalid(at + " must be a list of texts, got " + node);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      texts.add(requiredText(at + "[" + i + "]", node.get(i)));
    }
    return texts;
  }

  private @Nullable Path directory(String at, JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    String given = requiredText(at, node);
    try {
      return file.toAbsolutePath().resolveSibling(given).normalize();
    } catch (InvalidPathException e) {
      throw new AgentFileException(file + ": " + at + " is no path: '" + given + "'", e);
    }
  }

  private Map<String, String> environment(String at, JsonNode node) {
    if (node.isMissingNode()) {
      return Map.of();
    }
    requireObject(at, node);
    Map<String, String> environment = new LinkedHashMap<>();
    node.properties()
        .forEach(
            entry -> {
              String name = entry.getKey();
              if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw invalid(at + ": no variable can be named '" + name + "'");
              }
              environment.put(name, requiredText(at + "." + name, entry.getValue()));
            });
    return environment;
  }

  private @Nullable ModelRef model(String at, JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    try {
      return ModelRef.parse(requiredText(at, node));
    } catch (AgentFileException alreadyClear) {
      throw alreadyClear;
    } catch (IllegalArgumentException e) {
      throw new AgentFileException(file + ": " + at + ": " + e.getMessage(), e);
    }
  }

  private boolean flag(String at, JsonNode node) {
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw invalid(at + " must be true or false, got " + node);
    }
    return node.asBoolean(false);
  }

  private String text(String at, JsonNode node, String missing) {
    return node.isMissingNode() ? missing : requiredText(at, node);
  }

  private String requiredText(String at, JsonNode node) {
    if (!node.isTextual()) {
      throw invalid(at + " must be a text, got " + node);
    }
    if (node.textValue().indexOf('\0') >= 0) {
      throw invalid(at + " must not have a NUL character");
    }
    return node.textValue();
  }

  private void checkFields(String at, JsonNode node, Set<String> allowed) {
    requireObject(at, node);
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!allowed.contains(field)) {
                throw invalid(
                    String.format(
                        "%s has an unknown field '%s'; allowed are %s",
                        at, field, String.join(", ", allowed.stream().sorted().toList())));
              }
            });
  }

  private void requireObject(String at, JsonNode node) {
    if (!node.isObject()) {
      throw invalid(at + " must be an object, got " + (node.isMissingNode() ? "nothing" : node));
    }
  }

  private AgentFileException invalid(String what) {
    return new AgentFileException(file + ": " + what);
  }
}
