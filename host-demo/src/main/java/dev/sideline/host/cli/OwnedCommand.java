package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.WholeFile;
import dev.sideline.host.owner.Attachment;
import dev.sideline.host.owner.CommandRelay;
import dev.sideline.host.owner.Greeting;
import dev.sideline.host.owner.McpRelay;
import dev.sideline.host.owner.OwnerRefusedException;
import dev.sideline.host.owner.Program;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command that the owner of the data folder carries out. This process hands over what comes in
 * and out, and loads as little as can be: it is what a person or a program waits for.
 *
 * @param words the command line
 * @param data the folder
 * @param console the streams of this process
 */
record OwnedCommand(CommandWords words, Path data, Console console) {

  /** For these an owner is started if there is none. */
  private static final Set<String> START = Set.of("mcp", "call", "demo", "");

  /** These one carries out if it is there; what they say does not take one. */
  private static final Set<String> ASK = Set.of("tools");

  /** What is asked of all tasks; what is done about their record needs no owner. */
  private static final Set<String> OF_TASKS = Set.of("list", "show", "export", "purge");

  private static final String SERVE = "serve";

  /** The command, if it is one that an owner carries out. */
  static Optional<OwnedCommand> of(Console console, String... arguments) {
    Surroundings here = console.surroundings();
    CommandWords words = CommandWords.of(List.of(arguments));
    boolean owned =
        startsOwner(words)
            || ASK.contains(words.command())
            || (words.command().equals(SERVE) && asksServe(words));
    boolean unreadable = Locales.problemHere(arguments).isPresent(); // This process says so itself.
    if (!owned || unreadable || words.standalone() || words.help()) {
      return Optional.empty();
    }
    return data(words, here).map(data -> new OwnedCommand(words, data, console));
  }

  private static boolean startsOwner(CommandWords words) {
    return words.command().equals("tasks")
        ? OF_TASKS.contains(words.part())
        : START.contains(words.command());
  }

  private static boolean asksServe(CommandWords words) {
    return words.words().contains(ServeCommand.STATUS) || words.words().contains(ServeCommand.STOP);
  }

  private static Optional<Path> data(CommandWords words, Surroundings here) {
    try {
      String named = words.data();
      return named == null ? DataFolder.of(here).path() : Optional.of(here.resolve(Path.of(named)));
    } catch (InvalidPathException e) {
      return Optional.empty(); // Whoever carries it out in this process says so.
    }
  }

  /**
   * Has it carried out.
   *
   * @return its exit code; nothing if this process has to do it itself
   */
  OptionalInt run() {
    try {
      if (startsOwner(words) && !canBeKept()) {
        return OptionalInt.empty();
      }
      return carriedOut();
    } catch (OwnerRefusedException e) {
      console.note(String.valueOf(e.getMessage()));
      return OptionalInt.of(ExitCodes.FAILED);
    } catch (IOException e) {
      console.note("the owner of the data folder " + data + ": " + FileProblem.words(e));
      return OptionalInt.of(ExitCodes.FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.of(ExitCodes.FAILED);
    }
  }

  private OptionalInt carriedOut() throws IOException, InterruptedException {
    Attachment attachment =
        new Attachment(data, greeting(), new OwnerProcess(words, data, console));
    InputStream in = console.in();
    if (words.command().equals("mcp")) {
      McpRelay relay = new McpRelay(attachment, in, console.out(), console.err());
      return startsOwner(words) ? OptionalInt.of(relay.run()) : relay.runIfThere();
    }
    CommandRelay relay = new CommandRelay(attachment, in, console.out(), console.err());
    return startsOwner(words) ? OptionalInt.of(relay.run()) : relay.runIfThere();
  }

  /** Whoever has no place to keep anything does without an owner. */
  private boolean canBeKept() {
    try {
      WholeFile.createSecretFolder(data);
      Optional<String> unsafe = DataDirectory.unsafeDisk(data);
      unsafe.ifPresent(why -> console.note("there will be no record, as " + why));
      return unsafe.isEmpty();
    } catch (IOException e) {
      console.note(
          "there will be no record, as the data folder cannot be made: " + FileProblem.words(e));
      return false;
    }
  }

  Greeting greeting() throws IOException {
    Surroundings here = console.surroundings();
    return new Greeting(
        Greeting.PROTOCOL,
        Program.of(ServerCommand.version(), ServerCommand.jar().orElse(null)),
        UUID.randomUUID().toString(),
        words.words(),
        here.directory().toString(),
        here.environment(),
        here.processes(),
        here.terminal(),
        config(here));
  }

  /** It may be a pipe, which nobody else can read. One that cannot be read is told later. */
  private @Nullable String config(Surroundings here) {
    String named = words.config();
    try {
      return named == null ? null : SmallFile.read(here.resolve(Path.of(named)));
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }
}
