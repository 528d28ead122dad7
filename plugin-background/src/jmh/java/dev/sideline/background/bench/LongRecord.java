package dev.sideline.background.bench;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.SqliteFile;
import dev.sideline.background.task.TaskSpec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A database with many tasks, most of them finished, as engines leave it that were ended while the
 * rest was at work. Made in a process of its own: whoever begins with it is to be as cold as it
 * would be elsewhere.
 */
final class LongRecord {

  static final int LIVE = 10_000;
  static final int FINISHED = 100_000;

  /** How many launch those that are live; the finished ones have others. */
  static final int PARENTS = 100;

  private static final int TOGETHER = 10_000;

  /** Of more than some thousands, the last would be refused. */
  private static final int UNDER_WAY = 1_000;

  /** Of so many parents the end of a task is not known to have arrived. */
  private static final int OWED = 10;

  private static final int PROMPT_CHARS = 2_000;

  private final Path folder;
  private final DataSource database;

  private LongRecord(Path folder) {
    this.folder = folder;
    this.database = SqliteFile.in(folder);
  }

  /** Makes it in a folder. */
  static void make(Path folder) throws IOException, InterruptedException {
    Process made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LongRecord.class.getName(),
                folder.toString())
            .inheritIO()
            .start();
    if (made.waitFor() != 0) {
      throw new IllegalStateException("the record could not be made");
    }
  }

  public static void main(String[] args) throws Exception {
    LongRecord record = new LongRecord(Path.of(args[0]));
    for (int from = 0; from < FINISHED; from += TOGETHER) {
      record.addFinished(PARENTS + from / TOGETHER * PARENTS);
    }
    record.addLive();
  }

  private void addFinished(int firstParent) throws Exception {
    try (Workload workload =
        new Workload(TOGETHER, firstParent, PARENTS, settings(), database, Map.of())) {
      workload.launch(LongRecord::spec, UNDER_WAY);
      workload.awaitRunning();
      workload.host().finish();
      for (String child : workload.children()) {
        workload.event(new SessionEvent.Idle(child));
      }
      workload.awaitTold();
      for (int parent = 0; parent < PARENTS; parent++) {
        workload.awaitArrived(parent);
      }
    }
  }

  private void addLive() throws Exception {
    try (Workload workload = new Workload(LIVE, 0, PARENTS, settings(), database, Map.of())) {
      workload.launch(LongRecord::spec, UNDER_WAY);
      workload.awaitRunning();
      workload.host().lose(Set.copyOf(workload.parents()));
      workload.children().stream()
          .limit(OWED)
          .forEach(child -> workload.event(new SessionEvent.Deleted(child)));
      workload.awaitTaken();
      Properties sessions = new Properties();
      sessions.putAll(workload.host().prompts());
      try (Writer file = Files.newBufferedWriter(sessionsIn(folder))) {
        sessions.store(file, null);
      }
    }
  }

  /** Goes on with it. */
  static Workload open(Path folder, Map<String, String> sessions) {
    return new Workload(0, 0, PARENTS, settings(), SqliteFile.in(folder), sessions);
  }

  /** The sessions of its live tasks. */
  static Map<String, String> sessions(Path folder) throws IOException {
    Properties sessions = new Properties();
    try (Reader file = Files.newBufferedReader(sessionsIn(folder))) {
      sessions.load(file);
    }
    Map<String, String> prompts = new HashMap<>();
    sessions.stringPropertyNames().forEach(id -> prompts.put(id, sessions.getProperty(id)));
    return prompts;
  }

  private static Path sessionsIn(Path folder) {
    return folder.resolve("sessions");
  }

  /** As they are by default, but that each task has its slot. */
  private static Settings settings() {
    return SettingsReader.read(
        Map.of(
            "max_running", "100000",
            "max_running_per_parent", "100000",
            "max_starting", "100000",
            "max_tasks", "100000",
            "notice_delay_ms", "0"));
  }

  private static TaskSpec spec(int number) {
    StringBuilder prompt = new StringBuilder().append(number).append(' ');
    while (prompt.length() < PROMPT_CHARS) {
      prompt.append(Specs.SHARED.prompt()).append('\n');
    }
    prompt.setLength(PROMPT_CHARS);
    return new TaskSpec(
        Specs.SHARED.description(), prompt.toString(), "worker", null, null, null, null);
  }
}
