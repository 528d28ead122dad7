package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SidelineCommandTest {

  @Test
  void an_error_ends_a_command_with_a_word_and_a_code() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream broken =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) {
                throw new OutOfMemoryError("Java heap space");
              }
            },
            true,
            StandardCharsets.UTF_8);
    Console console =
        new Console(
            InputStream.nullInputStream(),
            broken,
            new PrintStream(said, true, StandardCharsets.UTF_8),
            Surroundings.ofThisProcess());

    int code = SidelineCommand.run(console, "--help");

    assertThat(code).isEqualTo(ExitCodes.FAILED);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("this should not have happened", "Java heap space");
  }
}
