package dev.sideline.host.tasks;

import dev.sideline.host.embedded.AgentDefinition;
import dev.sideline.host.embedded.EmbeddedRuntime;
import dev.sideline.host.embedded.Workplace;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A {@link RecordingOwner} whose agents are commands and whose sessions are recorded, too. */
final class RecordingCommandOwner {

  /**
   * Notes what it was told to do and how many of its kind are at work, takes a moment, and has done
   * it.
   */
  private static final String WORK =
      """
      mkdir -p "$0/running"; : > "$0/running/$$"
      at_work=0
      for one in "$0"/running/*; do
        grep -aqsF -- "$0" "/proc/${one##*/}/cmdline" && at_work=$((at_work + 1))
      done
      echo $at_work >> "$0/levels"
      echo "$1" | grep -o 'do [a-z]* [0-9]*[.][0-9]*' >> "$0/runs"
      sleep 0.$(($$ % 10))
      rm "$0/running/$$"
      echo done
      """;

  private RecordingCommandOwner() {}

  static DataDirectory data(Path folder) {
    return DataDirectory.claim(folder.resolve("data"), "test");
  }

  static EmbeddedRuntime runtime(Path folder, DataDirectory data) {
    AgentDefinition worker =
        AgentDefinition.of("worker", "", List.of("sh", "-c", WORK, folder.toString(), "{prompt}"));
    return EmbeddedRuntime.create(
        Workplace.of(List.of(worker), folder),
        ProcessTrees.watched(data.path()),
        data.database("sessions"));
  }

  /**
   * Takes calls until it is killed.
   *
   * @param args the plugin's jar, and the folder in which the commands work
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    DataDirectory data = data(folder);
    RecordingOwner.takeCalls(Path.of(args[0]), runtime(folder, data), data.database("tasks"));
  }
}
