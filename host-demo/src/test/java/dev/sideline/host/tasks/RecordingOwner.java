package dev.sideline.host.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.host.EventSink;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.OpenCodeRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A process that owns tasks: the built plugin with a record in SQLite, on an OpenCode server or on
 * commands. Each line on its standard input is a call: a JSON object with {@code id}, {@code
 * caller}, {@code tool} and {@code arguments}; each on its standard output an answer: {@code id},
 * {@code text}, {@code structured}. The test kills it.
 */
final class RecordingOwner {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordingOwner() {}

  /**
   * Takes calls until it is killed.
   *
   * @param args the plugin's jar, the database, the URL of the server, the folder that it works in
   */
  public static void main(String[] args) throws IOException {
    OpenCodeOptions options =
        OpenCodeOptions.of(URI.create(args[2]), System.getenv()).withDirectory(Path.of(args[3]));
    takeCalls(Path.of(args[0]), OpenCodeRuntime.connect(options), sqlite(args[1]));
  }

  /**
   * Takes calls until it is killed. A call of {@code session} creates a session, whose id is its
   * text.
   */
  static void takeCalls(Path plugin, SessionRuntime runtime, DataSource tasks) throws IOException {
    SessionClient sessions = runtime.sessions();
    PluginHooks hooks = plugin(plugin).activate(new Context(sessions, tasks));
    runtime.start(new Sink(hooks));
    System.out.println("{\"id\":0}");
    BufferedReader calls =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = calls.readLine(); line != null; line = calls.readLine()) {
      JsonNode call = JSON.readTree(line);
      CompletionStage<ToolResult> result =
          call.path("tool").asText().equals("session")
              ? sessions
                  .create(NewSession.of("a parent"))
                  .thenApply(session -> ToolResult.of(session.id(), null))
              : hooks
                  .tool(call.path("tool").asText())
                  .call(
                      ToolCall.of(call.path("caller").asText(), call.path("arguments").toString()));
      var unused =
          result.whenComplete(
              (answer, failure) -> answer(call.path("id").asLong(), answer, failure));
    }
  }

  private static void answer(long id, ToolResult result, Throwable failure) {
    String text = failure == null ? result.text() : failure.toString();
    String structured = failure == null ? result.structured() : null;
    String line =
        JSON.createObjectNode()
            .put("id", id)
            .put("text", text)
            .put("structured", structured)
            .toString();
    synchronized (System.out) {
      System.out.println(line);
    }
  }

  private static AgentPlugin plugin(Path jar) throws IOException {
    URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, RecordingOwner.class.getClassLoader());
    return ServiceLoader.load(AgentPlugin.class, loader).findFirst().orElseThrow();
  }

  private static DataSource sqlite(String file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + file);
    return database;
  }

  private record Context(SessionClient sessions, DataSource database) implements HostContext {

    @Override
    public Optional<DataSource> dataSource() {
      return Optional.of(database);
    }

    @Override
    public Map<String, String> settings() {
      return Map.of("reconcile_seconds", "2", "lost_seconds", "20", "max_running", "4");
    }
  }

  private record Sink(PluginHooks hooks) implements EventSink {

    @Override
    public boolean observes(String sessionId) {
      return hooks.observes(sessionId);
    }

    @Override
    public void accept(SessionEvent event) {
      hooks.onEvent(event);
    }

    @Override
    public void eventsLost() {
      hooks.onEventsLost();
    }
  }
}
