package dev.sideline.host.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what is there, whether it fits together, and what to do where it does not. */
@Command(
    name = "doctor",
    description = {
      "Look at what is there and say what to do where something is not right: the JVM, the data"
          + " folder, the plugins, the agent programs on the path with their versions, what"
          + " 'connect' has written for them in the working directory and for you, and the OpenCode"
          + " server that --opencode-url names.",
      "Each line begins with ok, note (nobody has to do anything) or todo; with a todo the exit"
          + " code is 1. No server is started, and nothing is changed; the programs are asked for"
          + " their versions, ten seconds long at most."
    })
final class DoctorCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print an array of objects: mark, what, words.")
  private boolean asJson;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    List<Finding> found = new ArrayList<>(new HostCheckup(options).look());
    found.addAll(new ProgramCheckup(options).look());
    return new Findings(found).print(console, asJson);
  }
}
