package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.cli.HostJar;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program, which waits for a task that its plugin has said nothing of. */
class CallWaitIT {

  @TempDir private Path folder;

  @Test
  void a_wait_is_for_the_tasks_that_there_are_and_not_for_those_that_were_heard_of()
      throws IOException {
    PluginJar.named("quiet")
        .hooks(
            """
            int looks;
            volatile String caller = "nobody";
            public List<Tool> tools() {
              return List.of(tool("go", call -> {
                caller = call.sessionId();
                return done("gone");
              }));
            }
            public Optional<TaskOperator> operator() {
              return Optional.of(new TaskOperator() {
                public CompletionStage<List<TaskSnapshot>> tasks() {
                  TaskStatus status = ++looks < 8 ? TaskStatus.RUNNING : TaskStatus.COMPLETED;
                  if (looks == 8) System.err.println("THE LAST LOOK");
                  return CompletableFuture.completedFuture(List.of(new TaskSnapshot(
                      "t", caller, caller, null, "a", null, "d", status, null, null,
                      new TaskSnapshot.Times(java.time.Instant.EPOCH, null, null,
                          java.time.Instant.EPOCH, null),
                      null, List.of(), 0, null, Usage.NONE)));
                }
                public CompletionStage<Optional<TaskSnapshot>> task(String id) {
                  return CompletableFuture.completedFuture(Optional.empty());
                }
                public CompletionStage<Optional<TaskSnapshot>> cancel(String id, String why) {
                  return task(id);
                }
                public CompletionStage<Answered> answer(String id, Reply reply) {
                  return CompletableFuture.completedFuture(
                      new Answered(Fate.NOT_WAITING, null));
                }
              });
            }
            """)
        .writeTo(folder);

    HostJar.Outcome outcome = HostJar.run(folder, "call", "--plugins=" + folder, "--wait", "go");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("THE LAST LOOK");
  }
}
