package dev.sideline.background.bench;

import dev.sideline.api.Reach;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.retain.CaffeineFinishedTasks;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs in the engine that a task ends, another of 10,000 gets its slot, and one more is
 * launched, when the tasks of 5,000 parents wait for the same limit.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
public class SharedLimitBenchmark {

  private static final int TASKS = 10_000;

  private static final int PARENTS = 5_000;

  /** What they wait for: a limit on all tasks, which keeps nobody apart, or one of many like it. */
  @Param({"max_running", "max_running_per_agent"})
  public String limit;

  private final Deque<TaskId> starting = new ArrayDeque<>();
  private TaskEngine engine;
  private long ids;
  private long call;

  @Setup
  public void launchAll() {
    Map<String, String> texts = new HashMap<>();
    texts.put("max_running", "0");
    texts.put("max_starting", "100");
    texts.put("max_tasks", "1000000");
    texts.put("max_launches_per_parent", "0");
    texts.put("notice_delay_ms", "0");
    texts.put(limit, "8");
    Settings settings = SettingsReader.read(texts);
    engine =
        new TaskEngine(
            settings,
            () -> new TaskId("bg_" + ++ids),
            () -> "msg_" + ++ids,
            new CaffeineFinishedTasks(settings, () -> 1),
            false);
    for (int i = 0; i < TASKS; i++) {
      launch();
    }
  }

  @Benchmark
  public void endAndStart() {
    apply(new Input.OpenFailed(starting.remove(), Code.INVALID, "no"));
    launch();
  }

  private void launch() {
    call++;
    String parent = "ses_parent_of_some_tasks_" + call % PARENTS;
    apply(
        new Input.Launch(
            call,
            parent,
            Specs.SHARED,
            LaunchOptions.NONE,
            List.of(),
            null,
            LaunchableAgents.any(),
            Reach.WOKEN));
  }

  private void apply(Input input) {
    Step step = engine.apply(input, 1);
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.OpenSession open) {
        starting.add(open.task().id());
      } else if (effect instanceof Effect.SendNotice sent) {
        apply(new Input.NoticeArrived(sent.notice().parent(), sent.notice().messageId()));
      }
    }
  }
}
