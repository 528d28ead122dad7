package dev.sideline.host.cli;

import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.Tool;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.mcp.Conversation;
import dev.sideline.host.plugin.PluginHost;
import dev.sideline.host.plugin.PluginProblem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sessions and plugins, put together: what a command works with. Closed by the command or, when the
 * process is told to end, by the JVM's shutdown, whichever comes first.
 */
final class Host implements AutoCloseable {

  private static final Duration ANSWER_BOUND = Duration.ofMinutes(1);

  /** By which a session is found again when its conversation goes on in another process. */
  private static final String CONVERSATION = "sideline.conversation";

  private final SessionRuntime runtime;
  private final SessionClient sessions;
  private final PluginHost plugins;
  private final Path directory;
  private final Thread atShutdown = DaemonThreads.unstarted("sideline-shutdown", this::close);
  private boolean closed;

  private Host(SessionRuntime runtime, SessionClient sessions, PluginHost plugins, Path directory) {
    this.directory = directory;
    this.runtime = runtime;
    this.sessions = sessions;
    this.plugins = plugins;
  }

  /**
   * Opens sessions, loads the plugins and connects the two.
   *
   * @param runtime belongs to the host from now on, also if this fails
   * @param data where plugins keep files; null for nowhere
   * @param published takes what the plugins publish, besides the runtime; must not block or throw
   * @throws CommandFailedException if no plugin offers a tool
   */
  static Host open(
      SessionRuntime runtime,
      CommonOptions options,
      @Nullable Path data,
      Consumer<PluginEvent> published,
      Console console) {
    return open(runtime, runtime.sessions(), options, data, published, console);
  }

  /**
   * Opens sessions for conversations that are held in another program, loads the plugins and
   * connects the two.
   *
   * @param runtime belongs to the host from now on, also if this fails
   * @param data where plugins keep files; null for nowhere
   * @throws CommandFailedException if no plugin offers a tool
   */
  static Host openForConversations(
      SessionRuntime runtime, CommonOptions options, @Nullable Path data, Console console) {
    return open(
        runtime, new Conversations(runtime.sessions()), options, data, event -> {}, console);
  }

  private static Host open(
      SessionRuntime runtime,
      SessionClient sessions,
      CommonOptions options,
      @Nullable Path data,
      Consumer<PluginEvent> published,
      Console console) {
    boolean opened = false;
    try {
      PluginHost plugins =
          new PluginHost(
              options.pluginDirectory(),
              sessions,
              HostConfiguration.of(options.configFile()).settings(),
              data,
              Clock.systemUTC(),
              event -> {
                Barrier.run("Showing an event", () -> runtime.show(event));
                Barrier.run("Noting an event", () -> published.accept(event));
              });
      Host host = new Host(runtime, sessions, plugins, console.surroundings().directory());
      Runtime.getRuntime().addShutdownHook(host.atShutdown);
      opened = true;
      host.begin(options, console);
      return host;
    } finally {
      if (!opened) {
        runtime.close();
      }
    }
  }

  private void begin(CommonOptions options, Console console) {
    for (PluginProblem problem : plugins.problems()) {
      console.note(problem.path() + ": " + problem.message());
    }
    if (plugins.tools().isEmpty()) {
      close();
      throw CommandFailedException.failed(
          "no plugin in " + options.pluginDirectory() + " offers a tool; --plugins names a folder",
          null);
    }
    runtime.start(plugins.events());
  }

  List<Tool> tools() {
    return plugins.tools();
  }

  /** The ids and versions of the plugins. */
  Map<String, String> plugins() {
    return plugins.plugins();
  }

  /** All tasks of all plugins, as they are now. */
  List<TaskSnapshot> tasks() {
    return answer(tasksLater());
  }

  /** The same, for whoever must not wait. */
  CompletionStage<List<TaskSnapshot>> tasksLater() {
    return plugins.operators().values().stream()
        .map(TaskOperator::tasks)
        .reduce(
            CompletableFuture.completedStage(List.of()),
            (some, more) ->
                some.thenCombine(more, (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
  }

  /** The tool of a name. */
  Tool tool(String name) {
    return tools().stream()
        .filter(tool -> tool.spec().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailedException.usage(
                    "there is no tool '"
                        + name
                        + "'; there are "
                        + tools().stream()
                            .map(tool -> tool.spec().name())
                            .collect(Collectors.joining(", "))));
  }

  SessionClient sessions() {
    return sessions;
  }

  /** Creates a session without parent in the working directory, and tells its id. */
  CompletionStage<String> newSession(String title) {
    return newSession(title, Map.of());
  }

  /**
   * Creates the session that stands for a conversation of another program, and tells its id.
   *
   * @param waker null if the program cannot be woken
   */
  CompletionStage<String> sessionOf(Conversation conversation, @Nullable Waker waker) {
    Map<String, String> metadata =
        conversation.id().isEmpty()
            ? Map.of()
            : Map.of(CONVERSATION, conversation.program() + ":" + conversation.id());
    return newSession("Conversation in " + conversation.program(), metadata)
        .thenApply(
            id -> {
              if (sessions instanceof Conversations conversations) {
                if (waker == null) {
                  conversations.heldElsewhere(id);
                } else {
                  conversations.heldElsewhere(id, waker);
                }
              }
              return id;
            });
  }

  private CompletionStage<String> newSession(String title, Map<String, String> metadata) {
    return sessions()
        .create(new NewSession(null, title, directory.toString(), metadata))
        .thenApply(Session::id);
  }

  /** Waits for an answer of the sessions, for as long as that may take at most. */
  static <T> T answer(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(ANSWER_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SessionException failure) {
        throw CommandFailedException.failed(String.valueOf(failure.getMessage()), failure);
      }
      throw new CompletionException(e.getCause());
    } catch (TimeoutException e) {
      throw CommandFailedException.failed(
          "the sessions gave no answer within " + ANSWER_BOUND.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted while waiting for the sessions", e);
    }
  }

  /** Tells all that was started for the sessions to end, first of all. Returns at once. */
  void beginClose() {
    Barrier.run("Ending what was started", runtime::beginClose);
  }

  /**
   * Ends the plugins, then the sessions and all that was started for them. Idempotent; each part is
   * bounded in time. Returns when everything is over, on whichever thread it was begun.
   */
  @Override
  public void close() {
    beginClose();
    closeAll();
  }

  private synchronized void closeAll() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      plugins.close();
    } finally {
      runtime.close();
    }
    if (Thread.currentThread() != atShutdown) {
      forgetShutdown();
    }
  }

  private void forgetShutdown() {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // The JVM is ending already; the hook finds everything closed.
    }
  }
}
