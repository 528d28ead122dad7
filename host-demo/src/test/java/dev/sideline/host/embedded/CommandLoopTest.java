package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.process.ProcessTrees;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    try (CommandLoop loop = new CommandLoop(ProcessTrees.unwatched(), 4)) {
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
    try (CommandLoop loop = new CommandLoop(ProcessTrees.unwatched(), 4)) {
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

  @Test
  void commands_are_ended_though_the_thread_that_looks_after_them_is_stuck() {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ProcessTrees trees = ProcessTrees.unwatched();
    CommandLoop loop = new CommandLoop(trees, 4);
    CommandRun run =
        run(
            "trap '' TERM; echo hi; while :; do sleep 0.2; done",
            new Ends("first") {
              @Override
              public void progressed() {
                stuck.countDown();
                await(goOn);
              }
            });
    loop.start(run);
    await(stuck);
    Process process = run.tree().orElseThrow().process();
    loop.beginClose();
    trees.close();

    assertThat(process.isAlive()).isFalse();
    goOn.countDown();
    loop.close();
  }

  @Test
  void nothing_is_started_any_more_once_the_end_has_begun() {
    ProcessTrees trees = ProcessTrees.unwatched();
    try (CommandLoop loop = new CommandLoop(trees, 4)) {
      trees.beginClose();
      loop.start(run("touch started", new Ends("late")));

      patiently().until(() -> !ends.isEmpty());
    }
    assertThat(ends).singleElement().asString().contains("the host is ending");
    assertThat(folder.resolve("started")).doesNotExist();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CommandRun run(String script, CommandListener listener) {
    return new CommandRun(
        new Assignment(Sandbox.shell("sh", script), "ses_1", folder, "prompt", null, null, null),
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
