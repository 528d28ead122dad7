package dev.sideline.host.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A {@link RecordingOwner} or {@link RecordingCommandOwner} in a process of its own. */
final class OwnerProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path JAR = Path.of("target", "plugins", "sideline-plugin-background.jar");

  private final Process process;
  private final OutputStream calls;
  private final Thread reader;
  private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private long last;

  /** Starts it on an OpenCode server, and waits until it takes calls. */
  OwnerProcess(RealOpenCode opencode, Path database) {
    this(
        onOpenCode(
            opencode,
            command(
                database.getParent(),
                RecordingOwner.class,
                JAR.toAbsolutePath(),
                database,
                opencode.url(),
                opencode.project())));
  }

  /** Starts it on commands that work in a folder, in which its data is, too; waits likewise. */
  static OwnerProcess onCommands(Path folder) {
    return new OwnerProcess(
        command(folder, RecordingCommandOwner.class, JAR.toAbsolutePath(), folder));
  }

  private static ProcessBuilder onOpenCode(RealOpenCode opencode, ProcessBuilder builder) {
    String password = opencode.options().password();
    if (password != null) {
      builder.environment().put("OPENCODE_SERVER_PASSWORD", password);
      builder.environment().put("OPENCODE_SERVER_USERNAME", opencode.options().user());
    }
    return builder;
  }

  private static ProcessBuilder command(Path temporary, Class<?> main, Object... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.io.tmpdir=" + temporary,
                "-Dorg.sqlite.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return new ProcessBuilder(words).redirectError(Redirect.INHERIT);
  }

  private OwnerProcess(ProcessBuilder builder) {
    CompletableFuture<JsonNode> ready = new CompletableFuture<>();
    waiting.put(0L, ready);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    calls = process.getOutputStream();
    reader = new Thread(this::read, "owner-answers");
    reader.start();
    ready.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode answer = JSON.readTree(line);
        CompletableFuture<JsonNode> call = waiting.remove(answer.path("id").asLong());
        if (call != null) {
          call.complete(answer);
        }
      }
    } catch (IOException e) {
      // It was killed in the middle of a line, which is then no answer.
    }
    waiting.values().forEach(call -> call.cancel(false));
  }

  /** Calls a tool; cancelled if the process ends before it has answered. */
  synchronized CompletableFuture<JsonNode> call(String caller, String tool, ObjectNode arguments) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(++last, answer);
    ObjectNode call =
        JSON.createObjectNode().put("id", last).put("caller", caller).put("tool", tool);
    call.set("arguments", arguments);
    try {
      calls.write((call + "\n").getBytes(StandardCharsets.UTF_8));
      calls.flush();
    } catch (IOException e) {
      answer.cancel(false);
    }
    return answer;
  }

  /** Ends it in the hardest way, as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
