package dev.sideline.background.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * How long it takes from the opening of a record with 10,000 live and 100,000 finished tasks until
 * the first list of tasks is answered, in a process that has done nothing before; and how much heap
 * is in use then.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class RestoreBenchmark {

  private TemporaryFolder folder;
  private Map<String, String> sessions;
  private Workload workload;

  /** What JMH reports beside the time. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Heap {
    public long usedBytes;
  }

  @Setup(Level.Trial)
  public void fill() throws IOException, InterruptedException {
    folder = new TemporaryFolder();
    LongRecord.make(folder.path());
    sessions = LongRecord.sessions(folder.path());
  }

  @TearDown(Level.Invocation)
  public void close() {
    workload.close();
  }

  @TearDown(Level.Trial)
  public void remove() throws IOException {
    folder.close();
  }

  @Benchmark
  public int untilAnswered() {
    workload = LongRecord.open(folder.path(), sessions);
    return workload.list(0).total();
  }

  /** The time does not matter. */
  @Benchmark
  public int heap(Heap heap) {
    int total = untilAnswered();
    workload.host().forgetSessions();
    heap.usedBytes = usedAfterCollection();
    return total;
  }

  private static long usedAfterCollection() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
