package dev.sideline.background.bench;

import dev.sideline.api.SessionEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes until 10,000 tasks of 100 parents that finish at once are settled and
 * announced: each session's idle event comes, its messages are looked at, the task settles, and
 * each parent has been told of all its tasks and woken.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 20)
@Measurement(iterations = 20)
public class CompletionBenchmark {

  private static final int TASKS = 10_000;
  private static final int PARENTS = 100;

  private Workload workload;
  private List<String> children;

  @Setup(Level.Invocation)
  public void launch() throws Exception {
    workload = new Workload(TASKS, PARENTS, Workload.unlimited());
    workload.launch(Specs.SHARED);
    workload.awaitRunning();
    children = workload.children();
  }

  @TearDown(Level.Invocation)
  public void close() {
    workload.close();
  }

  @Benchmark
  public void untilAnnounced() throws Exception {
    workload.host().finish();
    for (String child : children) {
      workload.event(new SessionEvent.Idle(child));
    }
    workload.awaitTold();
  }
}
