package dev.sideline.host.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gives the tools to the agents of another program. */
@Command(name = "connect", description = "Give the tools to the agents of another program.")
final class ConnectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "connect needs the name of a program: " + spec.subcommands().keySet());
  }
}
