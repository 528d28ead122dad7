package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread of the commands, and what it meets. */
@Timeout(60)
class CommandLoopTest {

  @TempDir private Path folder;

  private final List<String> ends = new CopyOnWriteArrayList<>();

  @Test
  void an_error_while_one_command_is_read_ends_that_command_and_no_other() {
    try (CommandLoop loop = new CommandLoop(4)) {
      loop.start(
          run(
              "echo hi; sleep 60",
              new Ends("bad") {
                @Override
                public void progressed() {
                  throw new OutOfMemoryError("no room");
                }
              }));
      loop.start(run("echo hi", new Ends("good")));

      patiently().until(() -> ends.size() == 2);
    }
    assertThat(ends)
        .contains("good: null")
        .anySatisfy(end -> assertThat(end).startsWith("bad: its output could not be read"));
  }

  @Test
  void an_end_that_could_not_be_told_is_told_again() {
    AtomicInteger tries = new AtomicInteger();
    try (CommandLoop loop = new CommandLoop(4)) {
      loop.start(
          run(
              "true",
              new Ends("first") {
                @Override
                public void ended(@Nullable String problem) {
                  if (tries.incrementAndGet() < 3) {
                    throw new StackOverflowError();
                  }
                  super.ended(problem);
                }
              }));

      patiently().until(() -> !ends.isEmpty());
    }
    assertThat(ends).containsExactly("first: null");
  }

  private CommandRun run(String script, CommandListener listener) {
    return new CommandRun(
        new Assignment(Sandbox.shell("sh", script), "ses_1", folder, "prompt", null, null),
        new AnswerReader("call", List.of(), 1_000),
        listener,
        Duration.ofSeconds(1));
  }

  private class Ends implements CommandListener {

    private final String name;

    Ends(String name) {
      this.name = name;
    }

    @Override
    public void progressed() {}

    @Override
    public void ended(@Nullable String problem) {
      ends.add(name + ": " + problem);
    }
  }
}
