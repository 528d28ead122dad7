package dev.sideline.host.opencode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sideline.api.NewSession;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.host.plugin.PluginHost;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
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
 * What an event of about 400 bytes costs from the bytes of the stream until it is routed, which for
 * a session that nobody follows means: dropped, after the plugin was asked.
 *
 * <p>The bytes are read as from a server, by OkHttp and past the limit on lines; the plugin is the
 * built jar with 100 live tasks, behind the boundary that every call into it crosses.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventBytesBenchmark {

  private static final int BATCH = 1_000;
  private static final int TASKS = 100;
  private static final MediaType EVENT_STREAM = MediaType.get("text/event-stream");
  private static final Request REQUEST =
      new Request.Builder().url("http://127.0.0.1/global/event").build();

  private static final Map<String, String> EVENTS =
      Map.of(
          "message.part.updated",
          """
          {"directory":"/home/somebody/project","project":"global","payload":{\
          "id":"evt_1fbeac58b001ZFB1M12EohGgCy","type":"message.part.updated","properties":{\
          "sessionID":"ses_e04153df6ffej5tNhr4m6gHuXF","part":{"type":"text",\
          "text":"I have moved the callers","messageID":"msg_1fbeac32e001L1Xl6fT3Uw9xFm",\
          "sessionID":"ses_e04153df6ffej5tNhr4m6gHuXF","id":"prt_1fbeac33b001enyJt4RB9U2g9G"},\
          "time":1795227829643}}}\
          """,
          "message.updated",
          """
          {"directory":"/home/somebody/project","project":"global","payload":{\
          "id":"evt_1fbeac33c001L0Fqqc509qwY2n","type":"message.updated","properties":{\
          "sessionID":"ses_e04153df6ffej5tNhr4m6gHuXF","info":{\
          "id":"msg_1fbeac32e001L1Xl6fT3Uw9xFm","role":"user",\
          "sessionID":"ses_e04153df6ffej5tNhr4m6gHuXF","time":{"created":1795227829038},\
          "agent":"worker","model":{"providerID":"fake","modelID":"fake"}}}}}\
          """);

  @Param({"message.part.updated", "message.updated"})
  public String type;

  private PluginHost plugins;
  private EventDecoder decoder;
  private OkHttpClient client;
  private String event;

  @Setup(Level.Trial)
  public void start() {
    RecordingSessionClient sessions = new RecordingSessionClient();
    plugins =
        new PluginHost(
            Path.of("target", "plugins").toAbsolutePath(),
            sessions,
            Map.of(
                "sideline-background",
                Map.of("max_running", "1000", "max_running_per_parent", "1000")),
            null,
            Clock.systemUTC(),
            published -> {});
    launchTasks(sessions);
    decoder = new EventDecoder(plugins.events());
    event = EVENTS.get(type);
    byte[] stream = ("data: " + event + "\n\n").repeat(BATCH).getBytes(UTF_8);
    client =
        new OkHttpClient.Builder()
            .addInterceptor(new EventLimit(stream.length))
            .addInterceptor(chain -> response(stream))
            .build();
  }

  private void launchTasks(RecordingSessionClient sessions) {
    NewSession parent = new NewSession(null, "parent", "/project", Map.of());
    String caller = sessions.create(parent).toCompletableFuture().join().id();
    Tool launch =
        plugins.tools().stream()
            .filter(tool -> tool.spec().name().equals("background_task"))
            .findFirst()
            .orElseThrow();
    String arguments =
        """
        {"description": "Move callers", "prompt": "Move them all", "agent": "worker"}\
        """;
    for (int task = 0; task < TASKS; task++) {
      ToolResult launched =
          launch.call(ToolCall.of(caller, arguments)).toCompletableFuture().join();
      if (launched.error()) {
        throw new IllegalStateException(launched.text());
      }
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    plugins.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void fromBytes() throws Exception {
    EventSources.processResponse(
        client.newCall(REQUEST).execute(),
        new EventSourceListener() {
          @Override
          public void onEvent(
              EventSource source, @Nullable String id, @Nullable String kind, String data) {
            decoder.accept(data);
          }
        });
  }

  /** The same without the reading: from the event's text. */
  @Benchmark
  public void fromText() {
    decoder.accept(event);
  }

  private static Response response(byte[] stream) {
    return new Response.Builder()
        .request(REQUEST)
        .protocol(Protocol.HTTP_1_1)
        .code(200)
        .message("OK")
        .body(ResponseBody.create(stream, EVENT_STREAM))
        .build();
  }
}
