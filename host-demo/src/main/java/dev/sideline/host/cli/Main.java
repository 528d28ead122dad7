package dev.sideline.host.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** The program's entry point. */
public final class Main {

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Results are UTF-8 wherever they go: JSON has to be, and a pipe does not tell its encoding.
    PrintStream results =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // Whatever a library prints must not mix with results, or with a protocol on standard output.
    System.setOut(System.err);
    Console console = new Console(System.in, results, System.err, Surroundings.ofThisProcess());
    OptionalInt done =
        OwnedCommand.of(console, args).map(OwnedCommand::run).orElse(OptionalInt.empty());
    System.exit(done.isPresent() ? done.getAsInt() : SidelineCommand.run(console, args));
  }
}
