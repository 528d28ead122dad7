package dev.sideline.host.embedded;

import dev.sideline.host.embedded.builtin.Ask;
import dev.sideline.host.embedded.builtin.Echo;
import dev.sideline.host.embedded.builtin.Fail;
import dev.sideline.host.embedded.builtin.Slow;
import dev.sideline.host.embedded.builtin.Survey;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Agents that are there without anything installed: small Java programs, each run by the Java that
 * runs the host, as a process of its own like any other command.
 */
public final class BuiltInAgents {

  private BuiltInAgents() {}

  /** All of them. */
  public static List<AgentDefinition> all() {
    return List.of(
        agent("echo", "answers with what it was told", Echo.class),
        agent("survey", "counts the files, folders and lines of a directory", Survey.class),
        agent("slow", "works for as many seconds as it is told, 10 if none", Slow.class),
        agent("fail", "tries something and fails, with exit code 1", Fail.class),
        asking("ask", "puts its prompt as a question and answers with the reply", Ask.class));
  }

  private static AgentDefinition agent(String name, String description, Class<?> program) {
    return new AgentDefinition(
        name, description, command(program), null, Map.of(), null, true, false);
  }

  private static AgentDefinition asking(String name, String description, Class<?> program) {
    List<String> command = new ArrayList<>(command(program));
    command.add("--");
    command.add(Placeholder.PROMPT.toString());
    return new AgentDefinition(name, description, command, null, Map.of(), null, true, true);
  }

  private static List<String> command(Class<?> program) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // For a start in a third of a second and a footprint to match.
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        classPath(program),
        program.getName());
  }

  /** The jar or directory that the program was loaded from. */
  private static String classPath(Class<?> program) {
    try {
      return Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot tell where " + program + " was loaded from", e);
    }
  }
}
