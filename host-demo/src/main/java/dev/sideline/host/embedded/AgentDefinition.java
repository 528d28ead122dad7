package dev.sideline.host.embedded;

import dev.sideline.api.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An agent: a command that is started for each prompt, answers on its standard output and ends. No
 * shell is involved; each element of the command reaches the program as it stands.
 *
 * <p>In the elements after the program, these are replaced: {@code {prompt}}, {@code {session}},
 * {@code {model}} (the model's own name), {@code {provider}} and {@code {variant}}. Where no
 * element has {@code {prompt}}, the prompt comes on standard input, in UTF-8; otherwise standard
 * input is empty.
 *
 * @param name what a prompt calls it; letters, digits, {@code . _ -}, 64 at most
 * @param description for a person or a model to choose by; may be empty
 * @param command the program and its arguments
 * @param directory where it runs; null for the session's directory
 * @param environment added to the host's own
 * @param keptVariables names of variables of the host that the command gets although they mark or
 *     open the session in which the host was started, such as {@code CLAUDE_CODE_*}, where {@code
 *     *} stands for any end
 * @param model the model to use if a prompt names none; null if there is no default
 * @param toolLines whether a line that begins with {@code ::tool } tells of a tool call and is no
 *     part of the answer. What follows is the tool's name and, if there are any, its arguments as a
 *     JSON object: {@code ::tool grep {"pattern": "x"}}
 * @param asks whether the command may ask. A line {@code ::permit WHAT} asks for a permission,
 *     {@code ::ask QUESTION} or {@code ::ask QUESTION | ANSWER | ANSWER} puts a question; neither
 *     is a part of the answer. The command then reads a line from its standard input, which stays
 *     open: {@code allow}, {@code always}, {@code reject} or {@code reject WHY} for a permission,
 *     the answer for a question, or why there is none, or an empty line. It may wait for long. Its
 *     prompt has to be in its command, since standard input is for the replies
 */
public record AgentDefinition(
    String name,
    String description,
    List<String> command,
    @Nullable Path directory,
    Map<String, String> environment,
    Set<String> keptVariables,
    @Nullable ModelRef model,
    boolean toolLines,
    boolean asks) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * @throws IllegalArgumentException if the name or the command is not valid; the message says why
   */
  public AgentDefinition {
    Objects.requireNonNull(description, "description");
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    keptVariables = Set.copyOf(keptVariables);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an agent's name is 1 to 64 letters, digits, '.', '_' or '-', got '" + name + "'");
    }
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new IllegalArgumentException("the command of an agent begins with a program");
    }
    if (Placeholder.in(command.get(0)).findAny().isPresent()) {
      throw new IllegalArgumentException(
          "the program itself has no placeholder, got '" + command.get(0) + "'");
    }
    if (asks && command.stream().flatMap(Placeholder::in).noneMatch(Placeholder.PROMPT::equals)) {
      throw new IllegalArgumentException(
          "an agent that asks gets replies on its standard input, so its command needs an element"
              + " with {prompt}");
    }
  }

  /** An agent that gets no variable of the session in which the host was started. */
  public AgentDefinition(
      String name,
      String description,
      List<String> command,
      @Nullable Path directory,
      Map<String, String> environment,
      @Nullable ModelRef model,
      boolean toolLines,
      boolean asks) {
    this(name, description, command, directory, environment, Set.of(), model, toolLines, asks);
  }

  /** An agent that runs a command in the session's directory. */
  public static AgentDefinition of(String name, String description, List<String> command) {
    return new AgentDefinition(name, description, command, null, Map.of(), null, false, false);
  }

  /** Whether an element of the command has the placeholder. */
  boolean has(Placeholder placeholder) {
    return command.stream().flatMap(Placeholder::in).anyMatch(placeholder::equals);
  }
}
