package dev.sideline.background.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sideline.api.Message;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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
 * <p>Events come in batches, in random order of their sessions, and a batch is over when the engine
 * has taken all of it. As from a decoder, each has a session id of its own whose hash nobody has
 * computed yet.
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

  private static final int BATCH = 10_000;
  private static final int PARENTS = 10;
  private static final ToolUse TOOL_USE = new ToolUse("call_1", "bash", ToolUse.State.RUNNING);
  private static final Message MESSAGE =
      new Message(
          "msg_00000000000000000000000042",
          Message.Role.ASSISTANT,
          Instant.EPOCH,
          null,
          "worker",
          null,
          "",
          List.of(),
          null,
          null,
          null,
          new Usage(12_000, 350, 0, 8_000, 0, 0.0125));

  @Param({"10", "1000", "10000"})
  public int tasks;

  private Workload workload;
  private byte[][] tracked;
  private byte[][] untracked;

  @Setup(Level.Trial)
  public void launch() throws Exception {
    workload = new Workload(tasks, PARENTS, Workload.unlimited());
    workload.launch(Specs.SHARED);
    workload.awaitRunning();
    List<String> sessions = new ArrayList<>();
    while (sessions.size() < BATCH) {
      sessions.addAll(workload.children());
    }
    Collections.shuffle(sessions, new Random(42));
    tracked = new byte[BATCH][];
    untracked = new byte[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      tracked[i] = sessions.get(i).getBytes(ISO_8859_1);
      untracked[i] = sessions.get(i).replace("ses_0", "ses_7").getBytes(ISO_8859_1);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    workload.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void tracked() {
    send(tracked);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void untracked() {
    send(untracked);
  }

  private void send(byte[][] sessions) {
    for (int i = 0; i < BATCH; i++) {
      workload.event(event(new String(sessions[i], ISO_8859_1), i));
    }
    workload.awaitTaken();
  }

  /** Of ten events of a working agent, eight are parts that grow, one a tool, one a message. */
  private static SessionEvent event(String session, int i) {
    return switch (i % 10) {
      case 0 -> new SessionEvent.PartUpdated(session, MESSAGE.id(), TOOL_USE);
      case 5 -> new SessionEvent.MessageUpdated(session, MESSAGE);
      default -> new SessionEvent.PartUpdated(session, MESSAGE.id(), null);
    };
  }
}
