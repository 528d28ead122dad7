package dev.sideline.host.opencode.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.OpenCodeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import okhttp3.ConnectionPool;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real OpenCode server for the tests of one class, in a static field with
 * {@code @RegisterExtension}. It starts before the first test (about 3 s, 600 MB) and ends after
 * the last; sessions of different tests are there side by side.
 *
 * <p>It sees nothing of this machine: its home and configuration are in a temporary folder, its
 * model is the {@link ScriptedModelServer}. It has the agents {@link #WORKER}, {@link #ASKER} and
 * {@link #PLANNER} besides its own, and asks for no permission, except for the shell and the web by
 * the asker.
 */
public final class RealOpenCode implements BeforeAllCallback, AfterAllCallback {

  /** An agent that may use all tools without asking. Its system prompt begins with its name. */
  public static final String WORKER = "worker";

  /** An agent for people that may not edit, and may not have {@link #ASKER} work for it. */
  public static final String PLANNER = "planner";

  /** An agent that asks before it uses the shell or the web, and may ask questions. */
  public static final String ASKER = "asker";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "not-a-secret";

  /** Makes the calls that a person's browser would, and keeps no connection after one. */
  private static final OkHttpClient PERSON =
      new OkHttpClient.Builder()
          .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
          .readTimeout(Duration.ofMinutes(5))
          .build();

  private final ObjectNode extraConfig = JSON.createObjectNode();
  private final Map<String, String> environment = new HashMap<>();

  private @Nullable Path binary;
  private @Nullable Path root;
  private @Nullable ScriptedModelServer model;
  private @Nullable OpenCodeServer server;

  private RealOpenCode() {}

  /** A server that is started before the first test. */
  public static RealOpenCode server() {
    return new RealOpenCode();
  }

  /**
   * Adds to the configuration, or replaces what has the same name.
   *
   * @param key at the top level of {@code opencode.json}, such as {@code mcp}
   * @param json its value
   */
  public RealOpenCode with(String key, String json) {
    try {
      extraConfig.set(key, JSON.readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Adds to the environment of the server. */
  public RealOpenCode withEnvironment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    binary = OpenCodeBinary.require();
    root = Files.createTempDirectory("sideline-opencode-").toRealPath();
    Files.createDirectories(project());
    model = new ScriptedModelServer();
    server = start(freePort());
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent() && server != null) {
      System.err.println("OpenCode said:\n" + String.join("\n", server.lastLines()));
    }
    if (server != null) {
      server.close();
    }
    if (model != null) {
      model.close();
    }
    if (root != null) {
      deleteAll(root);
    }
  }

  /** Where the server listens; the same after a restart. */
  public URI url() {
    return running().url();
  }

  /** How to connect to it, password included. */
  public OpenCodeOptions options() {
    return running().options().withDirectory(project());
  }

  /** Listens to its events from now on. */
  public RawEvents rawEvents() throws IOException {
    return new RawEvents(url(), options());
  }

  /** The model behind it. */
  public ScriptedModelServer model() {
    return there(model);
  }

  /** The project directory, which the server was started in. */
  public Path project() {
    return there(root).resolve("project");
  }

  /** Another, empty project directory. */
  public Path newProject(String name) {
    try {
      return Files.createDirectories(there(root).resolve("projects").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server in the hardest way, as {@code kill -9} does. Sessions stay on disk. */
  public void kill() {
    ProcessHandle process = running().process();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the server did not die", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the server was dying", e);
    }
  }

  /**
   * Starts the server again after {@link #kill}, on the same port, with the same sessions. To the
   * leak check it is something that the test has started: such tests belong into a class of their
   * own that is {@code @LeakCheck.OncePerClass}.
   */
  public void restart() {
    int port = url().getPort();
    running().close();
    try {
      server = start(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses a permission or a question, as a person in OpenCode does, without a word. */
  public void refuse(String kind, String requestId) {
    boolean permission = kind.equals("permission");
    post(
        project(),
        "/" + kind + "/" + requestId + (permission ? "/reply" : "/reject"),
        permission ? "{\"reply\":\"reject\"}" : "{}");
  }

  /** Gives a permission this once, as a person in OpenCode does. */
  public void allow(String requestId) {
    allow(requestId, project());
  }

  /** Gives a permission this once, as a person does who has opened OpenCode in a project. */
  public void allow(String requestId, Path directory) {
    post(directory, "/permission/" + requestId + "/reply", "{\"reply\":\"once\"}");
  }

  /**
   * Creates a session in the project, as OpenCode itself does.
   *
   * @param json what is asked for, such as {@code {"permission": […]}}
   * @return its id
   */
  public String newSession(String json) {
    return post(project(), "/session", json).path("id").asText();
  }

  /**
   * Opens a project, as a person does who waits for it. The first time, OpenCode fetches what the
   * project's plugins need, which on a busy machine takes longer than any client waits.
   */
  public void open(Path directory) {
    call(directory, "/config", Request.Builder::get);
  }

  private JsonNode post(Path directory, String path, String json) {
    RequestBody body = RequestBody.create(json, MediaType.get("application/json"));
    return call(directory, path, request -> request.post(body));
  }

  private JsonNode call(Path directory, String path, UnaryOperator<Request.Builder> how) {
    OpenCodeOptions options = options();
    HttpUrl url =
        HttpUrl.get(options.url() + path)
            .newBuilder()
            .addQueryParameter("directory", directory.toString())
            .build();
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .header("Authorization", Credentials.basic(options.user(), options.password()));
    try (Response answer = PERSON.newCall(how.apply(request).build()).execute()) {
      if (answer.code() != 200) {
        throw new IOException(url + " was answered with " + answer.code());
      }
      return JSON.readTree(answer.body().string());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines that the server has written. */
  public String output() {
    return String.join("\n", running().lastLines());
  }

  private OpenCodeServer start(int port) throws IOException {
    Path home = Files.createDirectories(there(root).resolve("home"));
    Map<String, String> all = new HashMap<>();
    all.put("HOME", home.toString());
    for (String kind : new String[] {"DATA", "CONFIG", "STATE", "CACHE"}) {
      all.put("XDG_" + kind + "_HOME", home.resolve(kind).toString());
    }
    all.put("OPENCODE_DISABLE_MODELS_FETCH", "1");
    all.put("OPENCODE_DISABLE_AUTOUPDATE", "1");
    all.put("OPENCODE_DISABLE_LSP_DOWNLOAD", "1");
    all.put("OPENCODE_CONFIG_CONTENT", JSON.writeValueAsString(config()));
    all.put(OpenCodeOptions.PASSWORD_VARIABLE, PASSWORD);
    all.putAll(environment);
    return OpenCodeServer.start(new OpenCodeServer.Launch(there(binary), project(), port, all));
  }

  /** Asked for any port, the server takes 4096 if it can, and so would that of another build. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private JsonNode config() throws IOException {
    ObjectNode config =
        (ObjectNode)
            JSON.readTree(
                """
                {
                  "model": "fake/fake",
                  "small_model": "fake/fake",
                  "autoupdate": false,
                  "share": "disabled",
                  "permission": {"*": "allow"},
                  "provider": {
                    "fake": {
                      "npm": "@ai-sdk/openai-compatible",
                      "options": {"apiKey": "x"},
                      "models": {
                        "fake": {
                          "limit": {"context": 100000, "output": 4096},
                          "cost": {"input": 1, "output": 2, "cache_read": 0.5}
                        },
                        "other": {"limit": {"context": 100000, "output": 4096}}
                      }
                    }
                  },
                  "agent": {
                    "worker": {
                      "mode": "all", "description": "works", "prompt": "worker: you work."
                    },
                    "asker": {
                      "mode": "all", "description": "asks", "prompt": "asker: you ask.",
                      "permission": {"bash": "ask", "webfetch": "ask", "question": "allow"}
                    },
                    "planner": {
                      "mode": "primary", "description": "plans", "prompt": "planner: you plan.",
                      "permission": {"edit": "deny", "task": {"asker": "deny"}}
                    }
                  }
                }
                """);
    ((ObjectNode) config.at("/provider/fake/options")).put("baseURL", model().url().toString());
    config.setAll(extraConfig);
    return config;
  }

  private OpenCodeServer running() {
    return there(server);
  }

  private static <T> T there(@Nullable T thing) {
    if (thing == null) {
      throw new IllegalStateException("the server is started before the first test, not earlier");
    }
    return thing;
  }

  private static void deleteAll(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
