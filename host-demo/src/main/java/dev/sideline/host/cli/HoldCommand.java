package dev.sideline.host.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.hold.HoldSocket;
import dev.sideline.host.hold.HookAnswer;
import dev.sideline.host.hold.Leaver;
import dev.sideline.host.hold.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The hook that a program runs when a turn of a conversation ends. */
@Command(
    name = "hold",
    description = {
      "For a hook of an agent program, which runs it when a turn ends: reads what the program tells"
          + " its hooks on standard input, asks its tool server ('mcp --hold socket') whether tasks"
          + " of the conversation are still at work, and prints what has the program go on if so.",
      "'connect codex', 'connect gemini' and 'connect qwen' write it down. Whatever is wrong, the"
          + " program is not disturbed: then it prints {}."
    },
    // The usual 2 is how a hook refuses the end: every turn would begin again, for ever.
    exitCodeOnInvalidInput = ExitCodes.FAILED)
final class HoldCommand implements Callable<Integer> {

  private static final String SESSION = "session_id";
  private static final JsonFactory JSON = new JsonFactory();

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--program",
      required = true,
      paramLabel = "NAME",
      converter = ProgramConverter.class,
      description = "Whose hook it is: claude, codex, gemini or qwen.")
  private HookAnswer program = HookAnswer.CODEX;

  HoldCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<Path> data = SidelineCommand.optionsOf(spec).dataDirectory();
    Verdict verdict = Verdict.FREE;
    try {
      if (data.isPresent()) {
        Leaver leaver = new Leaver(session(console.in()), console.surroundings().processes());
        verdict = HoldSocket.ask(data.get(), leaver).orElse(Verdict.FREE);
      }
    } catch (IOException e) {
      console.note("it was not found out whether tasks are at work: " + FileProblem.words(e));
    }
    console.out().println(program.of(verdict));
    return ExitCodes.FINE;
  }

  /** Reads no further than it must: conversations are long, and not every program hangs up. */
  private static String session(InputStream told) throws IOException {
    try (JsonParser parser = JSON.createParser(told)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(SESSION);
        JsonToken value = parser.nextToken();
        if (wanted && value == JsonToken.VALUE_STRING) {
          return parser.getText();
        }
        parser.skipChildren();
      }
      return "";
    }
  }

  /** Reads the option. */
  static final class ProgramConverter extends EnumConverter<HookAnswer> {
    ProgramConverter() {
      super(HookAnswer.class);
    }
  }
}
