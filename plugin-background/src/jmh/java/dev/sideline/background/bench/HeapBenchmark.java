package dev.sideline.background.bench;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How much heap a live task takes: what is in use after a full collection with 10,000 tasks of 100
 * parents, less what was in use with none, by task. Everything that can be reached from the runtime
 * counts, the ids that the host has made among it; the time does not matter. By default three of
 * four collections leave some dead objects where they are, which count as in use, and so does as a
 * whole what a thread has been given to make objects in; here neither is.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 5,
    jvmArgs = {
      "-Xms1g",
      "-Xmx1g",
      "-XX:+UseSerialGC",
      "-XX:MarkSweepAlwaysCompactCount=1",
      "-XX:-UseTLAB"
    })
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class HeapBenchmark {

  private static final int TASKS = 10_000;
  private static final int PARENTS = 100;
  private static final int TOOL_CALLS = 8;

  /** What the tasks are. */
  public enum Tasks {
    /** Their texts are one object that all share, so that the plugin's own objects are counted. */
    RUNNING,
    /** Likewise, and their agents have used tools. */
    AT_WORK,
    /** Each has its own description, agent and prompt. */
    RUNNING_WITH_TEXTS
  }

  /** What JMH reports beside the time. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Heap {
    public long bytesPerTask;
  }

  /** What is varied. */
  @State(Scope.Benchmark)
  public static class Kind {
    @Param public Tasks tasks;
  }

  @Benchmark
  public void live(Kind kind, Heap heap) throws Exception {
    loadClasses();
    try (Workload workload = new Workload(TASKS, PARENTS, Workload.unlimited())) {
      workload.awaitTaken();
      long before = usedAfterCollection();
      workload.launch(task -> kind.tasks == Tasks.RUNNING_WITH_TEXTS ? Specs.own() : Specs.SHARED);
      workload.awaitRunning();
      if (kind.tasks == Tasks.AT_WORK) {
        useTools(workload);
      }
      workload.host().forgetSessions();
      long after = usedAfterCollection();
      heap.bytesPerTask = (after - before) / TASKS;
      workload.host().finish();
    }
  }

  /** What is there once and for all, however many tasks there are, is not theirs. */
  private static void loadClasses() throws Exception {
    try (Workload workload = new Workload(1, 1, Workload.unlimited())) {
      workload.launch(Specs.SHARED);
      workload.awaitRunning();
      useTools(workload);
    }
  }

  private static void useTools(Workload workload) {
    for (String child : workload.children()) {
      for (int call = 0; call < TOOL_CALLS; call++) {
        ToolUse use = new ToolUse(child + call, "bash", ToolUse.State.RUNNING);
        workload.event(new SessionEvent.PartUpdated(child, "msg_1", use));
      }
      workload.awaitTaken();
    }
  }

  private static long usedAfterCollection() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
