package dev.sideline.host.cli;

import dev.sideline.host.connect.AgentProgram;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gives the tools to the agents of another program. */
@Command(name = "connect", description = "Give the tools to the agents of another program.")
final class ConnectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** It with a command for each program. */
  static CommandLine withPrograms(Console console) {
    CommandLine connect = new CommandLine(new ConnectCommand());
    connect.addSubcommand(new ConnectOpenCodeCommand(console));
    for (AgentProgram program : AgentProgram.all()) {
      connect.addSubcommand(program.name(), ConnectProgramCommand.of(console, program));
    }
    return connect;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "connect needs the name of a program: " + spec.subcommands().keySet());
  }
}
