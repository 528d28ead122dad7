package dev.sideline.host.embedded;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionException;
import dev.sideline.host.process.ProgramPath;
import dev.sideline.host.text.Characters;
import java.io.File;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a command has to do.
 *
 * @param directory where it runs
 * @param prompt what it is told
 * @param model which model it is to use; null if the agent's command does not ask for one
 * @param environment what it has instead of the host's own environment; null for that
 */
record Assignment(
    AgentDefinition agent,
    String sessionId,
    Path directory,
    String prompt,
    @Nullable ModelRef model,
    @Nullable String variant,
    @Nullable Map<String, String> environment) {

  /** What Linux allows for one argument, with its end mark. */
  private static final int MAX_ARGUMENT_BYTES = 131_072;

  private static final String PATH = "PATH";
  private static final String OPTION = "-";
  private static final String END_OF_OPTIONS = "--";

  Assignment {
    prompt = Characters.whole(prompt); // Half a character can be passed to no program.
  }

  /**
   * Refuses a model or variant that the command has no place for, rather than leave it out
   * silently, and a command that needs one where there is none.
   */
  static void check(AgentDefinition agent, @Nullable ModelRef model, @Nullable String variant) {
    boolean takesModel = agent.has(Placeholder.MODEL) || agent.has(Placeholder.PROVIDER);
    if (model != null && !takesModel) {
      throw refused(
          agent, "takes no model, got '" + model + "': its command has no " + Placeholder.MODEL);
    }
    if (takesModel && model == null && agent.model() == null) {
      throw refused(agent, "needs a model: its command has " + Placeholder.MODEL);
    }
    boolean takesVariant = agent.has(Placeholder.VARIANT);
    if (variant != null && !takesVariant) {
      throw refused(
          agent,
          "takes no variant, got '" + variant + "': its command has no " + Placeholder.VARIANT);
    }
    if (takesVariant && variant == null) {
      throw refused(agent, "needs a variant: its command has " + Placeholder.VARIANT);
    }
  }

  private static SessionException refused(AgentDefinition agent, String why) {
    return new SessionException(
        SessionException.Code.INVALID, "agent '" + agent.name() + "' " + why);
  }

  /** Whether the prompt comes on standard input. */
  boolean promptOnInput() {
    return !agent.has(Placeholder.PROMPT);
  }

  /**
   * The program and its arguments.
   *
   * @throws IllegalArgumentException if a value cannot be passed as an argument; the message says
   *     why and what to do
   */
  List<String> command() {
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(Placeholder.PROMPT, prompt);
    values.put(Placeholder.SESSION, sessionId);
    ModelRef chosen = model == null ? agent.model() : model;
    if (chosen != null) {
      values.put(Placeholder.MODEL, chosen.model());
      values.put(Placeholder.PROVIDER, chosen.provider());
    }
    if (variant != null) {
      values.put(Placeholder.VARIANT, variant);
    }
    List<String> command = new ArrayList<>();
    command.add(program());
    boolean optionsEnded = false;
    for (String element : agent.command().subList(1, agent.command().size())) {
      String argument = checked(Placeholder.replace(element, values));
      if (argument.startsWith(OPTION) && !element.startsWith(OPTION) && !optionsEnded) {
        throw cannotPass(
            argument,
            "it begins with '-', and the program may take it for an option; a command with \"--\""
                + " before "
                + element
                + " says that no options follow");
      }
      optionsEnded |= element.equals(END_OF_OPTIONS);
      command.add(argument);
    }
    return List.copyOf(command);
  }

  /** As the system finds it, which looks on the path of this process and on no other. */
  private String program() {
    String named = agent.command().get(0);
    if (environment == null || path() == null || named.indexOf(File.separatorChar) >= 0) {
      return checked(named);
    }
    return ProgramPath.find(named, path())
        .map(Path::toString)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "agent '"
                        + agent.name()
                        + "' could not be started: there is no program '"
                        + named
                        + "' on the PATH of the client"));
  }

  /** Where programs without a folder are looked for; null for where the system looks anyway. */
  @Nullable String path() {
    return environment == null ? System.getenv(PATH) : environment.get(PATH);
  }

  private String checked(String argument) {
    if (argument.indexOf('\0') >= 0) {
      throw cannotPass(argument, "it has a NUL character, which no argument can have");
    }
    Charset charset = argumentCharset();
    if (!charset.newEncoder().canEncode(argument)) {
      throw cannotPass(
          argument,
          "it has characters that this JVM would replace, as its locale says "
              + charset
              + "; start the host with LC_ALL=C.UTF-8");
    }
    int bytes = argument.getBytes(charset).length;
    if (bytes >= MAX_ARGUMENT_BYTES) {
      throw cannotPass(
          argument,
          String.format(
              "it has %,d bytes, and an argument ends at %,d", bytes, MAX_ARGUMENT_BYTES));
    }
    return argument;
  }

  private IllegalArgumentException cannotPass(String argument, String why) {
    String what = argument.contains(prompt) ? "the prompt" : "what it was launched with";
    return new IllegalArgumentException(
        what
            + " cannot be passed to agent '"
            + agent.name()
            + "' as an argument: "
            + why
            + ". An agent whose command has no "
            + Placeholder.PROMPT
            + " gets it on standard input, where anything goes.");
  }

  /** How the JDK writes arguments: until 17 in its default charset, then in that of the locale. */
  private static Charset argumentCharset() {
    if (Runtime.version().feature() < 18) {
      return Charset.defaultCharset();
    }
    return Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));
  }
}
