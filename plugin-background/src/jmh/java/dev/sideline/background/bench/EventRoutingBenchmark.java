package dev.sideline.background.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an event costs from the host's hands until the engine has taken it, while few or many tasks
 * are live.
 *
 * <p>Events come in batches, and a batch is over when the engine has taken all of it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventRoutingBenchmark {

  private static final int PARENTS = 10;

  @Param({"10", "1000", "10000"})
  public int tasks;

  private Workload workload;
  private EventBatch events;

  @Setup(Level.Trial)
  public void launch() throws Exception {
    workload = new Workload(tasks, PARENTS, Workload.unlimited());
    workload.launch(Specs.SHARED);
    workload.awaitRunning();
    events = new EventBatch(workload);
  }

  @TearDown(Level.Trial)
  public void close() {
    workload.close();
  }

  @Benchmark
  @OperationsPerInvocation(EventBatch.SIZE)
  public void tracked() {
    events.sendTracked();
  }

  @Benchmark
  @OperationsPerInvocation(EventBatch.SIZE)
  public void untracked() {
    events.sendUntracked();
  }
}
