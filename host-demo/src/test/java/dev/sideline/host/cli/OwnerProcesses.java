package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.host.record.DataDirectory;
import dev.sideline.host.record.DataOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The owners of data folders that tests have started, or had started. */
public final class OwnerProcesses {

  private static final Duration BOUND = Duration.ofMinutes(1);

  private OwnerProcesses() {}

  /** The process that owns a folder. */
  public static ProcessHandle of(Path data) {
    return DataDirectory.owner(data)
        .map(DataOwner::pid)
        .flatMap(ProcessHandle::of)
        .orElseThrow(() -> new AssertionError("nobody owns " + data));
  }

  /** What the owner of a folder says of itself. */
  public static String status(Path data) throws IOException {
    return HostJar.runOwned(data, "serve", "--status", "--data", data.toString()).out();
  }

  /** Has the owner of a folder end, if there is one, and waits until it has. */
  public static void end(Path data) throws IOException {
    HostJar.Outcome stopped = HostJar.runOwned(data, "serve", "--stop", "--data", data.toString());
    assertThat(stopped.exitCode()).as(stopped.err()).isZero();
    awaitEnd(data);
  }

  /** Waits until nobody owns a folder. */
  static void awaitEnd(Path data) {
    await().atMost(BOUND).until(() -> DataDirectory.owner(data).isEmpty());
  }
}
