package dev.sideline.background.bench;

import dev.sideline.background.settings.SettingsReader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a launch costs when 100 parents launch 10,000 tasks, all at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 60)
@Measurement(iterations = 40)
public class LaunchBenchmark {

  private static final int TASKS = 10_000;
  private static final int PARENTS = 100;

  private Workload queueing;
  private Workload running;

  @Setup(Level.Invocation)
  public void start() {
    queueing = new Workload(TASKS, PARENTS, SettingsReader.defaults());
    running = new Workload(TASKS, PARENTS, Workload.unlimited());
  }

  @TearDown(Level.Invocation)
  public void close() {
    queueing.close();
    running.close();
  }

  /** Until every caller has its task's id; a few tasks have started, the others wait for a slot. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void untilAnswered() throws Exception {
    queueing.launch(Specs.SHARED);
  }

  /** Until every task has its session and its prompt, and runs. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void untilRunning() throws Exception {
    running.launch(Specs.SHARED);
    running.awaitRunning();
  }
}
