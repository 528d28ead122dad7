package dev.sideline.background.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.HostContext;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.runtime.BackgroundRuntime;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.MemoryTaskStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** The tools, with what they ask of the engine and with answers as a test makes them. */
final class ToolBench implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  final RecordingSessionClient sessions = new RecordingSessionClient();
  private final BackgroundRuntime runtime;
  private final Toolbox box;

  ToolBench(Map<String, String> given) {
    Settings settings = SettingsReader.read(given);
    runtime = new BackgroundRuntime(new StoppedHost(sessions), settings, new MemoryTaskStore());
    box = new Toolbox(runtime, settings);
    sessions.addSession("me");
  }

  @Override
  public void close() {
    runtime.close();
  }

  BackgroundTool tool(String name) {
    for (Tool tool : box.tools()) {
      if (tool.spec().name().equals(name)) {
        return (BackgroundTool) tool;
      }
    }
    throw new IllegalArgumentException("no tool " + name);
  }

  /** What a tool makes of a call by the session {@code me}. Single quotes stand for double ones. */
  BackgroundTool.Request request(String tool, String arguments) {
    Arguments read = new Arguments(box.json().object(arguments.replace('\'', '"')));
    BackgroundTool.Request request = tool(tool).request("me", read);
    read.end();
    try {
      return request.checked().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof BadArgument bad ? bad : e;
    }
  }

  /** What a tool asks of the engine, as call 7. */
  Input input(String tool, String arguments) {
    return request(tool, arguments).input(7);
  }

  /** What a tool tells its caller about an answer. */
  ToolResult told(String tool, String arguments, Answer answer) {
    return request(tool, arguments).resultLater(answer).toCompletableFuture().join();
  }

  /** A host for which it is always a minute past the epoch. */
  private record StoppedHost(RecordingSessionClient sessions) implements HostContext {

    @Override
    public Clock clock() {
      return Clock.fixed(Instant.ofEpochMilli(60_000), ZoneOffset.UTC);
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
