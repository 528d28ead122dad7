package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What a client understands of its command line, beside what picocli makes of it. */
class CommandWordsTest {

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

  private static CommandLine commands() {
    return SidelineCommand.commands(
        new Console(InputStream.nullInputStream(), NOWHERE, NOWHERE, Surroundings.ofThisProcess()),
        StandaloneHost.HOSTS);
  }

  @Test
  void the_options_that_have_a_value_are_those_of_all_commands() {
    Set<String> names = new TreeSet<>();
    addOptionsWithValue(commands(), names);

    assertThat(names).contains("--data").isEqualTo(new TreeSet<>(CommandWords.WITH_VALUE));
  }

  private static void addOptionsWithValue(CommandLine command, Set<String> names) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.arity().max() > 0) {
        names.addAll(List.of(option.names()));
      }
    }
    command.getSubcommands().values().forEach(one -> addOptionsWithValue(one, names));
  }

  @Test
  void a_value_is_never_taken_for_the_command() {
    CommandWords words =
        CommandWords.of(
            List.of("--data", "tasks", "--config=call", "tasks", "--limit", "2", "list"));

    assertThat(words.command()).isEqualTo("tasks");
    assertThat(words.part()).isEqualTo("list");
    assertThat(words.data()).isEqualTo("tasks");
    assertThat(words.config()).isEqualTo("call");
  }

  @Test
  void no_word_stands_for_a_file_with_others(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("words"), "background_list");

    List<String> plain =
        commands().parseArgs("call", "@" + file).subcommand().matchedPositionals().stream()
            .flatMap(one -> one.stringValues().stream())
            .toList();

    assertThat(plain).containsExactly("@" + file);
  }
}
