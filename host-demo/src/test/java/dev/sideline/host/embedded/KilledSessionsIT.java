package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.record.DataDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Embedded sessions under load whose process is killed as by {@code kill -9}, again and again: what
 * was confirmed is there, what was seen is as it was, and no command has run twice.
 */
class KilledSessionsIT {

  private static final int KILLS = Integer.getInteger("sideline.kills", 8);
  private static final int MOST_MILLIS = 1_500;

  private record Created(String parent, String tag) {}

  private record Sent(String session, String text) {}

  @TempDir private Path folder;

  private final Map<String, Created> created = new LinkedHashMap<>();
  private final Set<String> deleting = new HashSet<>();
  private final Set<String> deleted = new HashSet<>();
  private final Map<String, Sent> sent = new LinkedHashMap<>();
  private final Map<String, String> unconfirmed = new LinkedHashMap<>();
  private final Map<String, String> finished = new HashMap<>();
  private final Map<String, String> sessionOfFinished = new HashMap<>();

  @Test
  void nothing_confirmed_is_lost_and_no_command_runs_twice_however_often_the_process_is_killed()
      throws Exception {
    long seed = Long.getLong("sideline.seed", System.nanoTime());
    Random random = new Random(seed);
    int interrupted = 0;
    for (int i = 0; i < KILLS; i++) {
      runAndKill(seed + i, random.nextInt(MOST_MILLIS));
      interrupted = check("seed " + seed + ", kill " + (i + 1));
    }

    assertThat(sent).as("seed " + seed).hasSizeGreaterThan(10 * KILLS);
    assertThat(finished).as("seed " + seed).isNotEmpty();
    assertThat(interrupted).as("interrupted, seed " + seed).isPositive();
  }

  private void runAndKill(long seed, int millis) throws Exception {
    Files.write(folder.resolve("known"), alive());
    Files.write(folder.resolve("unconfirmed"), unconfirmed.values());
    unconfirmed.clear();
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                KilledSessions.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process, ready), "reader");
    reader.start();
    try {
      ready.get(1, TimeUnit.MINUTES);
      process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the process did not get ready", e);
    } finally {
      process.toHandle().destroyForcibly(); // Not by the process, which would close the pipe.
      process.waitFor();
      reader.join();
    }
  }

  private List<String> alive() {
    return created.keySet().stream().filter(id -> !isGoing(id)).toList();
  }

  /** Whether it or one above it was deleted, or was about to be. */
  private boolean isGoing(String id) {
    for (String one = id; one != null; one = parent(one)) {
      if (deleting.contains(one)) {
        return true;
      }
    }
    return false;
  }

  private String parent(String id) {
    return Optional.ofNullable(created.get(id)).map(Created::parent).orElse(null);
  }

  private void read(Process process, CompletableFuture<Void> ready) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line.split(" ", 2), ready);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void note(String[] line, CompletableFuture<Void> ready) {
    String[] words = line.length > 1 ? line[1].split(" ", -1) : new String[0];
    switch (line[0]) {
      case "ready" -> ready.complete(null);
      case "created" ->
          created.put(words[0], new Created(words[1].equals("null") ? null : words[1], words[2]));
      case "deleting" -> deleting.add(words[0]);
      case "deleted" -> deleted.add(words[0]);
      case "sending" -> unconfirmed.put(words[1], line[1]);
      case "refused" -> unconfirmed.remove(words[1]);
      case "sent" -> {
        unconfirmed.remove(words[1]);
        sent.put(words[1], new Sent(words[0], words[2]));
      }
      case "finished" -> {
        String[] all = line[1].split(" ", 3);
        finished.put(all[1], all[2]);
        sessionOfFinished.put(all[1], all[0]);
      }
      default -> {
        // The last line may be cut off.
      }
    }
  }

  /** Compares what is there with what was told; tells how many answers were interrupted. */
  private int check(String when) throws Exception {
    int interrupted = 0;
    try (DataDirectory data = DataDirectory.claim(folder.resolve("data"), "test");
        EmbeddedRuntime runtime =
            EmbeddedRuntime.create(
                Workplace.of(List.of(KilledSessions.worker(folder)), folder),
                ProcessTrees.unwatched(),
                data.database("sessions"))) {
      SessionClient sessions = runtime.sessions();
      Map<String, Map<String, Message>> messages = new HashMap<>();
      for (Map.Entry<String, Created> one : created.entrySet()) {
        Optional<Session> found = answer(sessions.get(one.getKey()));
        if (isGoing(one.getKey())) {
          continue;
        }
        assertThat(found).as(when + ", " + one).isPresent();
        assertThat(found.get().parentId()).as(when).isEqualTo(one.getValue().parent());
        assertThat(found.get().metadata()).as(when).containsEntry("tag", one.getValue().tag());
        Map<String, Message> ofSession = new LinkedHashMap<>();
        for (Message message : answer(sessions.messages(one.getKey(), 10_000))) {
          assertThat(ofSession.put(message.id(), message)).as(when + ", doubled").isNull();
          if (message.role() == Message.Role.ASSISTANT) {
            assertThat(message.completedAt()).as(when + ", " + message).isNotNull();
            interrupted += message.failure() != null && message.failure().interrupted() ? 1 : 0;
          }
        }
        messages.put(one.getKey(), ofSession);
      }
      for (String gone : deleted) {
        assertThat(answer(sessions.get(gone))).as(when + ", deleted " + gone).isEmpty();
      }
      for (Map.Entry<String, Sent> one : sent.entrySet()) {
        Map<String, Message> ofSession = messages.get(one.getValue().session());
        if (ofSession != null) {
          assertThat(ofSession).as(when + ", sent " + one).containsKey(one.getKey());
          assertThat(ofSession.get(one.getKey()).text()).isEqualTo(one.getValue().text());
        }
      }
      for (Map.Entry<String, String> one : finished.entrySet()) {
        Map<String, Message> ofSession = messages.get(sessionOfFinished.get(one.getKey()));
        if (ofSession != null) {
          assertThat(ofSession.get(one.getKey()).text().replace("\n", "|"))
              .as(when + ", finished " + one.getKey())
              .isEqualTo(one.getValue());
        }
      }
      assertThat(answer(sessions.statuses())).as(when).isEmpty();
    }
    List<String> runs = new ArrayList<>();
    if (Files.exists(folder.resolve("runs"))) {
      runs.addAll(Files.readAllLines(folder.resolve("runs")));
      runs.removeIf(String::isBlank); // Between texts that an agent was told at once.
    }
    assertThat(runs).as(when).doesNotHaveDuplicates();
    return interrupted;
  }
}
