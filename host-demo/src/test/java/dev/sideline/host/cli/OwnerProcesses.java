package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.host.record.DataDirectory;
import dev.sideline.host.record.DataOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The owners of data folders that tests have started, or had started. */
public final class OwnerProcesses {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration BOUND = Duration.ofMinutes(1);

  /** A client starts another when it needs one, on a machine that is busy with others. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private OwnerProcesses() {}

  /** The process that owns a folder. */
  public static ProcessHandle of(Path data) {
    return DataDirectory.owner(data)
        .map(DataOwner::pid)
        .flatMap(ProcessHandle::of)
        .orElseThrow(() -> new AssertionError("nobody owns " + data));
  }

  /** The process that owns a folder, as soon as there is one. */
  public static ProcessHandle await(Path data) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> DataDirectory.owner(data).isPresent());
    return of(data);
  }

  /** Ends one in the hardest way, as {@code kill -9} does, and waits until it has gone. */
  public static void kill(ProcessHandle owner) throws Exception {
    owner.destroyForcibly();
    owner.onExit().get(1, TimeUnit.MINUTES);
  }

  /** All tasks that a folder has, as they are exported. */
  public static List<JsonNode> exportedTasks(Path data) throws IOException {
    HostJar.Outcome exported = HostJar.runOwned(data, "tasks", "export", "--data", data.toString());
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    List<JsonNode> tasks = new ArrayList<>();
    for (String line : exported.out().lines().toList()) {
      tasks.add(JSON.readTree(line));
    }
    return tasks;
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
    Awaitility.await().atMost(BOUND).until(() -> DataDirectory.owner(data).isEmpty());
  }
}
