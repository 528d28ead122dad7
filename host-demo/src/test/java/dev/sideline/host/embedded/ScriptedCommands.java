package dev.sideline.host.embedded;

import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Errand;
import dev.sideline.api.contract.HeldErrand;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.host.EventSink;
import dev.sideline.host.process.ProcessTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An embedded runtime whose one agent runs the shell script that its prompt names. */
final class ScriptedCommands implements SessionBackend {

  private final Path directory;
  private final EmbeddedRuntime runtime;
  private int errands;

  ScriptedCommands(Path directory, Consumer<SessionEvent> events) {
    this(directory, events, null);
  }

  /**
   * @param database where its sessions are recorded; null for nowhere
   */
  ScriptedCommands(Path directory, Consumer<SessionEvent> events, TestDatabase database) {
    this.directory = directory;
    AgentDefinition worker =
        new AgentDefinition(
            "worker",
            "runs the script that its prompt names",
            List.of("sh", "-c", ". \"$0/$1\"", directory.toString(), "{prompt}"),
            null,
            Map.of(),
            null,
            false,
            true);
    this.runtime =
        database == null
            ? EmbeddedRuntime.create(
                List.of(worker), directory, EmbeddedLimits.DEFAULT, Clock.systemUTC())
            : EmbeddedRuntime.create(
                Workplace.of(List.of(worker), directory),
                ProcessTrees.unwatched(),
                database.source());
    runtime.start(sinkOf(events));
  }

  /** A sink that follows all sessions. */
  static EventSink sinkOf(Consumer<SessionEvent> events) {
    return new EventSink() {
      @Override
      public boolean observes(String sessionId) {
        return true;
      }

      @Override
      public void accept(SessionEvent event) {
        events.accept(event);
      }

      @Override
      public void eventsLost() {}
    };
  }

  @Override
  public SessionClient sessions() {
    return runtime.sessions();
  }

  /** An errand that runs a shell script, whose own directory is {@code $0}. */
  Errand script(String... lines) {
    String name = "errand-" + ++errands;
    write(name, String.join("\n", lines));
    return new Errand("worker", name);
  }

  @Override
  public Errand answering(String text) {
    String file = "answer-" + errands;
    write(file, text);
    return script("cat \"$0/" + file + "\"");
  }

  @Override
  public HeldErrand holding(String beginning, String end) {
    String gate = "gate-" + errands;
    write(gate + "-beginning", beginning);
    write(gate + "-end", end);
    Errand errand =
        script(
            "cat \"$0/" + gate + "-beginning\"",
            "while [ ! -e \"$0/" + gate + "\" ]; do sleep 0.02; done",
            "cat \"$0/" + gate + "-end\"");
    return new HeldErrand() {
      @Override
      public Errand errand() {
        return errand;
      }

      @Override
      public void release() {
        write(gate, "");
      }
    };
  }

  @Override
  public Errand askingPermission() {
    return script(
        "echo '::permit run: echo allowed'",
        "read reply",
        "case $reply in allow|always) echo allowed;; *) echo \"$reply\";; esac");
  }

  @Override
  public Errand askingQuestion() {
    return script("echo '::ask Tea or coffee? | Tea | Coffee'", "read reply", "echo \"$reply\"");
  }

  @Override
  public Errand failing() {
    return script("echo half; echo 'out of paper' >&2; exit 3");
  }

  @Override
  public void close() {
    runtime.close();
  }

  private void write(String name, String content) {
    try {
      Files.writeString(directory.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
