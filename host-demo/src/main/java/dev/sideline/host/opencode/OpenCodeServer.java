package dev.sideline.host.opencode;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.process.ChildEnvironment;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.process.ProgramPath;
import dev.sideline.host.process.StartedTree;
import dev.sideline.host.text.Characters;
import dev.sideline.host.text.CutLines;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of an OpenCode server that we have started. Listens on the loopback interface only,
 * and with a password, so that no other user of the machine can command its agents.
 */
public final class OpenCodeServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenCodeServer.class);
  private static final Pattern LISTENING = Pattern.compile("listening on (https?://\\S+)");
  private static final Duration START_BOUND = Duration.ofSeconds(60);
  private static final Duration TERM_BOUND = Duration.ofSeconds(3);
  private static final int MAX_LINES = 40;
  private static final int MAX_LINE_CHARS = 400;

  /** Of a line the address may stand further behind than what is kept of it. */
  private static final int MAX_READ_CHARS = 4_000;

  private final ProcessTrees trees;
  private final boolean alone;
  private final StartedTree tree;
  private final Process process;
  private final Launch launch;
  private final Thread drain;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final CompletableFuture<URI> address = new CompletableFuture<>();

  /**
   * How to start a server.
   *
   * @param binary the program
   * @param directory the project that it works in unless a request names another
   * @param port 0 for any that is free, but not the usual one
   * @param base the environment of whoever it is started for; null for our own
   * @param environment what differs from that; a password in here or there is used
   */
  public record Launch(
      Path binary,
      Path directory,
      int port,
      @Nullable Map<String, String> base,
      Map<String, String> environment) {
    public Launch {
      Objects.requireNonNull(binary, "binary");
      Objects.requireNonNull(directory, "directory");
      base = base == null ? null : Map.copyOf(base);
      environment = Map.copyOf(environment);
    }

    /** With what differs from our own environment. */
    public Launch(Path binary, Path directory, int port, Map<String, String> environment) {
      this(binary, directory, port, null, environment);
    }

    /** Any free port, our own environment. */
    public static Launch of(Path binary, Path directory) {
      return new Launch(binary, directory, 0, Map.of());
    }

    /** The same for somebody with another environment. */
    public Launch within(Map<String, String> whole) {
      return new Launch(binary, directory, port, whole, environment);
    }

    private Map<String, String> inherited() {
      return base == null ? System.getenv() : base;
    }

    /** The environment that the server gets, without that by which it is reached. */
    public Map<String, String> prepared() {
      Map<String, String> prepared = new HashMap<>(inherited());
      ChildEnvironment.prepare(prepared, directory, List.of("OPENCODE_SERVER_*"), environment);
      return prepared;
    }

    /** Without the environment, which may hold passwords and keys. */
    @Override
    public String toString() {
      return "Launch[" + binary + " in " + directory + ", port " + port + "]";
    }
  }

  private OpenCodeServer(ProcessTrees trees, boolean alone, StartedTree tree, Launch launch) {
    this.trees = trees;
    this.alone = alone;
    this.tree = tree;
    this.process = tree.process();
    this.launch = launch;
    this.drain = DaemonThreads.unstarted(OpenCodeRuntime.THREAD_PREFIX + "output", this::drain);
    this.drain.start();
  }

  /**
   * The program {@code opencode}, if it is on a path.
   *
   * @param path folders as the system's variable has them; null for none
   */
  public static Optional<Path> find(@Nullable String path) {
    return ProgramPath.find("opencode", path);
  }

  /**
   * Starts a server and waits, at most a minute, until it listens.
   *
   * @throws IOException if it does not; the message holds the last that it said
   */
  public static OpenCodeServer start(Launch launch) throws IOException {
    return start(launch, ProcessTrees.unwatched());
  }

  /**
   * Starts a server and waits, at most a minute, until it listens.
   *
   * @param trees with which it is started; closed with it
   * @throws IOException if it does not; the message holds the last that it said
   */
  public static OpenCodeServer start(Launch launch, ProcessTrees trees) throws IOException {
    try {
      return started(launch, trees, true);
    } catch (IOException e) {
      trees.close();
      throw e;
    }
  }

  /**
   * The same beside others.
   *
   * @param trees with which it is started, and others were; only its own processes end with it
   */
  static OpenCodeServer startAmong(Launch launch, ProcessTrees trees) throws IOException {
    return started(launch, trees, false);
  }

  private static OpenCodeServer started(Launch launch, ProcessTrees trees, boolean alone)
      throws IOException {
    Map<String, String> environment = new HashMap<>(launch.environment());
    environment.putIfAbsent(
        OpenCodeOptions.PASSWORD_VARIABLE,
        Objects.requireNonNullElseGet(
            launch.inherited().get(OpenCodeOptions.PASSWORD_VARIABLE),
            OpenCodeServer::newPassword));
    // Version 2 reads this one; it has to let us in, so that it can be told what it is.
    environment.putIfAbsent(
        OpenCodeOptions.PASSWORD_VARIABLE_2, environment.get(OpenCodeOptions.PASSWORD_VARIABLE));
    ProcessBuilder builder =
        new ProcessBuilder(
                launch.binary().toString(),
                "serve",
                "--hostname",
                "127.0.0.1",
                "--port",
                Integer.toString(launch.port() == 0 ? freePort() : launch.port()))
            .directory(launch.directory().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
            .redirectErrorStream(true);
    Launch complete =
        new Launch(launch.binary(), launch.directory(), launch.port(), launch.base(), environment);
    builder.environment().clear();
    builder.environment().putAll(complete.prepared());
    OpenCodeServer server = new OpenCodeServer(trees, alone, trees.start(builder), complete);
    try {
      server.address.get(START_BOUND.toMillis(), TimeUnit.MILLISECONDS);
      return server;
    } catch (ExecutionException | TimeoutException e) {
      server.close();
      throw new IOException(
          launch.binary() + " serve did not begin to listen" + server.saying(), e);
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + launch.binary() + " was starting", e);
    }
  }

  /**
   * Asked for any port, the server takes the usual one if it can: where a person's own would be
   * looked for.
   */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it listens. */
  public URI url() {
    return address.join();
  }

  /** How to reach it, password included. */
  public OpenCodeOptions options() {
    Map<String, String> environment = new HashMap<>(launch.inherited());
    environment.putAll(launch.environment());
    return OpenCodeOptions.of(url(), environment);
  }

  /** The process, for those who want to watch it. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** The last lines that it has written. */
  public List<String> lastLines() {
    synchronized (lastLines) {
      return List.copyOf(lastLines);
    }
  }

  /** Tells it and those that it has started to end. Returns at once. */
  void beginClose() {
    trees.beginClose();
  }

  /**
   * Ends the process and those that it has started: asks first, and kills what is left after 3 s,
   * or after 0.3 s if the end was begun before.
   */
  @Override
  public void close() {
    if (!trees.ending()) {
      trees.end(tree, TERM_BOUND);
    }
    if (alone) {
      trees.close();
    }
    try {
      drain.join(TERM_BOUND.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads what the process writes for as long as it lives: a full pipe would stop it. */
  private void drain() {
    try (InputStream output = process.getInputStream()) {
      Barrier.run(
          "What the server writes",
          () -> readLines(output),
          thrown -> {
            address.completeExceptionally(thrown);
            discard(output);
          });
    } catch (IOException e) {
      log.debug("The server's output could not be closed", e);
    } finally {
      address.completeExceptionally(new IOException("the process ended"));
    }
  }

  private void readLines(InputStream output) {
    CutLines lines =
        new CutLines(new InputStreamReader(output, StandardCharsets.UTF_8), MAX_READ_CHARS);
    try {
      for (String line = lines.next(); line != null; line = lines.next()) {
        String read = line;
        Barrier.run("A line of the server", () -> take(read), address::completeExceptionally);
      }
    } catch (IOException e) {
      log.debug("The server's output has ended", e);
    }
  }

  private void take(String line) {
    keep(line);
    Matcher listening = LISTENING.matcher(line);
    if (!address.isDone() && listening.find()) {
      address.complete(URI.create(listening.group(1)));
    }
  }

  /** Reads on where lines cannot be made of it any more. */
  private static void discard(InputStream output) {
    try {
      output.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      log.debug("The server's output has ended", e);
    }
  }

  private void keep(String line) {
    String kept = Characters.cut(line, MAX_LINE_CHARS);
    synchronized (lastLines) {
      lastLines.add(kept);
      if (lastLines.size() > MAX_LINES) {
        lastLines.remove();
      }
    }
  }

  private String saying() {
    List<String> lines = lastLines();
    return lines.isEmpty() ? "; it said nothing" : ". It said:\n" + String.join("\n", lines);
  }

  private static File nothing() {
    return new File(
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win")
            ? "NUL"
            : "/dev/null");
  }

  private static String newPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
