package dev.sideline.host.cli;

import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.Tool;
import dev.sideline.host.mcp.CallerIdentification;
import dev.sideline.host.mcp.Conversation;
import dev.sideline.host.plugin.PluginHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sessions and plugins, put together: what a command works with. It may be the command's own, and
 * then ends with it, or belong to an owner of whom many commands have a part.
 */
abstract class Host implements AutoCloseable {

  private static final Duration ANSWER_BOUND = Duration.ofMinutes(1);

  /** By which a session is found again when its conversation goes on in another process. */
  private static final String CONVERSATION = "sideline.conversation";

  private final PluginHost plugins;
  private final Path directory;

  /**
   * @param directory where sessions work unless told otherwise
   */
  Host(PluginHost plugins, Path directory) {
    this.plugins = plugins;
    this.directory = directory;
  }

  final PluginHost pluginHost() {
    return plugins;
  }

  List<Tool> tools() {
    return plugins.tools();
  }

  /** The ids and versions of the plugins. */
  final Map<String, String> plugins() {
    return plugins.plugins();
  }

  /** All tasks of all plugins, as they are now. */
  final List<TaskSnapshot> tasks() {
    return answer(tasksLater());
  }

  /** The same, for whoever must not wait. */
  final CompletionStage<List<TaskSnapshot>> tasksLater() {
    return tasksOf(plugins);
  }

  static CompletionStage<List<TaskSnapshot>> tasksOf(PluginHost plugins) {
    return plugins.operators().values().stream()
        .map(TaskOperator::tasks)
        .reduce(
            CompletableFuture.completedStage(List.of()),
            (some, more) ->
                some.thenCombine(more, (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
  }

  /** The tool of a name. */
  final Tool tool(String name) {
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

  /** All sessions. */
  abstract SessionClient sessions();

  /** Creates a session without parent. */
  abstract CompletionStage<Session> create(NewSession request);

  /** Creates a session without parent in the working directory, and tells its id. */
  final CompletionStage<String> newSession(String title) {
    return newSession(title, Map.of());
  }

  final CompletionStage<String> newSession(String title, Map<String, String> metadata) {
    return create(new NewSession(null, title, directory.toString(), metadata))
        .thenApply(Session::id);
  }

  /** Creates the session that stands for a conversation of another program, and tells its id. */
  final CompletionStage<String> newSession(Conversation conversation) {
    return newSession(
        "Conversation in " + conversation.program(),
        conversation.id().isEmpty()
            ? Map.of()
            : Map.of(CONVERSATION, conversation.program() + ":" + conversation.id()));
  }

  /**
   * The session that stands for a conversation of another program; it is created if there is none.
   *
   * @param waker null if the program cannot be woken
   */
  abstract CompletionStage<String> sessionOf(Conversation conversation, @Nullable Waker waker);

  /** Who calls, where each call is signed by a session that lives where the options say. */
  CallerIdentification signed(CallerIdentification callers) {
    return callers;
  }

  /** A session that was named goes on here. */
  CompletionStage<Void> goesOn(String sessionId) {
    return CompletableFuture.completedStage(null);
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

  /** Whether the tasks of a session go on when the program of its conversation ends. */
  boolean outlives(String sessionId) {
    return false;
  }

  /** Whether what was begun ends with the command. */
  abstract boolean endsWithCommand();

  /** Lets go of what the command has begun, or ends it if it is the command's own. Idempotent. */
  @Override
  public abstract void close();
}
