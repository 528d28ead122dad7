package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolUse;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ten thousand tasks at work cost in threads and in memory. */
class TenThousandTasksTest {

  private static final int TASKS = 10_000;
  private static final int ROUNDS = 100;
  private static final long NOISE_BYTES = 4 << 20;

  private final PluginScenario scenario =
      new PluginScenario(
          Map.of(
              "max_running", "0",
              "max_running_per_parent", "0",
              "max_starting", "100",
              "max_tasks", "20000",
              "max_tasks_per_parent", "20000",
              "max_launches_per_parent", "0",
              "loop_calls", "0"));

  private List<String> children = List.of();

  @BeforeEach
  void launchThem() {
    for (int task = 0; task < TASKS; task++) {
      scenario.launch("work");
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                scenario
                    .call("background_list", PARENT, "{\"status\":\"running\",\"limit\":1}")
                    .text()
                    .contains("and " + (TASKS - 1) + " older"));
    children =
        scenario.sessions.sessions().stream()
            .map(Session::id)
            .filter(id -> !id.equals(PARENT))
            .toList();
    assertThat(children).hasSize(TASKS);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  @Test
  void a_wait_for_all_of_them_holds_no_thread() {
    int before = Thread.activeCount();
    CompletableFuture<ToolResult> waiting =
        scenario.begin("background_output", PARENT, "{\"wait\":\"all\",\"timeout_seconds\":600}");
    assertThat(scenario.call("background_list", PARENT, "{}").error()).isFalse();

    assertThat(waiting).isNotDone();
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(before);
    children.forEach(child -> scenario.sessions.finish(child, "done"));
    await().atMost(Duration.ofMinutes(2)).until(waiting::isDone);
    assertThat(waiting.join().text()).doesNotContain("running for");
  }

  @Test
  void a_million_events_leave_the_heap_where_it_was() {
    tellOf(0);
    long before = settledHeapBytes();
    tellOf(ROUNDS);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(settledHeapBytes()).isLessThan(before + NOISE_BYTES));
  }

  /** A million events: each task calls a tool a hundred times. */
  private void tellOf(int from) {
    for (int round = from; round < from + ROUNDS; round++) {
      for (String child : children) {
        ToolUse use =
            new ToolUse(
                "call_" + round, "bash", ToolUse.State.RUNNING, "{\"n\":" + round + "}", "");
        scenario.hooks.onEvent(new SessionEvent.PartUpdated(child, "msg_1", use));
      }
      // Not more than the mailbox takes.
      assertThat(scenario.call("background_list", "nobody", "{}").error()).isFalse();
    }
  }

  private static long settledHeapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
