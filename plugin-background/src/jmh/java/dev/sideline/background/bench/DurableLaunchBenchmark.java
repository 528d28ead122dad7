package dev.sideline.background.bench;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.SqliteFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * What a launch costs that survives a power cut: recorded in SQLite, with {@code synchronous=FULL},
 * before its caller is answered.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 2,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 8)
@Measurement(iterations = 8)
public class DurableLaunchBenchmark {

  private static final int CALLERS = 16;
  private static final int EACH = 1_000;
  private static final int PACED = 3_000;

  private TemporaryFolder folder;
  private Workload workload;
  private ExecutorService callers;

  /** How long the slowest of each hundred took, at a thousand launches a second. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Latency {
    public double p99Micros;
  }

  @Setup(Level.Invocation)
  public void start() throws IOException {
    folder = new TemporaryFolder();
    Settings settings =
        SettingsReader.read(
            Map.of(
                "max_tasks", "100000", "max_tasks_per_parent", "100000", "dispose_seconds", "1"));
    workload = new Workload(0, CALLERS, settings, SqliteFile.in(folder.path()));
    callers = Executors.newFixedThreadPool(CALLERS);
  }

  @TearDown(Level.Invocation)
  public void close() throws IOException {
    workload.close();
    callers.shutdown();
    folder.close();
  }

  @Benchmark
  @OperationsPerInvocation(EACH)
  public void oneCaller() {
    launchOneByOne(0);
  }

  @Benchmark
  @OperationsPerInvocation(CALLERS * EACH)
  public void sixteenCallers() throws InterruptedException, ExecutionException {
    List<Future<?>> done = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int own = caller;
      done.add(callers.submit(() -> launchOneByOne(own)));
    }
    for (Future<?> future : done) {
      future.get();
    }
  }

  private void launchOneByOne(int caller) {
    for (int i = 0; i < EACH; i++) {
      workload.launch(caller, Specs.SHARED).join();
    }
  }

  /** A thousand a second, whoever makes them. */
  @Benchmark
  @OperationsPerInvocation(PACED)
  public void paced(Latency latency) {
    long[] nanos = new long[PACED];
    List<Future<?>> open = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < PACED; i++) {
      long due = begun + TimeUnit.MILLISECONDS.toNanos(i);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      int own = i;
      open.add(
          workload
              .launch(i % CALLERS, Specs.SHARED)
              .thenRun(() -> nanos[own] = System.nanoTime() - due));
    }
    for (Future<?> launch : open) {
      try {
        launch.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    Arrays.sort(nanos);
    latency.p99Micros = nanos[PACED * 99 / 100] / 1_000.0;
  }
}
