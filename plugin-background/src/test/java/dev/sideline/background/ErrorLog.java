package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is logged from now on, until this is closed; {@link #assertNone} wants no error in it. What
 * it has not looked at is written to where it belongs in the end.
 */
public final class ErrorLog implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  public ErrorLog() {
    // The appender of the tests writes there, to whatever it is at the time.
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  /** Fails if an error was logged since this was called the last time. */
  public void assertNone() {
    String lines = written.toString(StandardCharsets.UTF_8);
    written.reset();
    assertThat(List.of(lines.split("\n"))).noneMatch(line -> line.contains(" ERROR ["));
  }

  @Override
  public void close() {
    System.setErr(before);
    before.writeBytes(written.toByteArray());
  }
}
