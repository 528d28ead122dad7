package dev.sideline.background.bench;

import dev.sideline.background.store.SqliteFile;
import java.io.IOException;
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

/**
 * What an event costs that changes nothing of what is recorded, where tasks are recorded in SQLite:
 * as much as where they are not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordedEventBenchmark {

  private static final int PARENTS = 10;
  private static final int TASKS = 1_000;

  private TemporaryFolder folder;
  private Workload workload;
  private EventBatch events;

  @Setup(Level.Trial)
  public void launch() throws Exception {
    folder = new TemporaryFolder();
    workload = new Workload(TASKS, PARENTS, Workload.unlimited(), SqliteFile.in(folder.path()));
    workload.launch(Specs.SHARED);
    workload.awaitRunning();
    events = new EventBatch(workload);
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    workload.close();
    folder.close();
  }

  @Benchmark
  @OperationsPerInvocation(EventBatch.SIZE)
  public void tracked() {
    events.sendTracked();
  }
}
