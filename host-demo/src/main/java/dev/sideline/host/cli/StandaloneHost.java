package dev.sideline.host.cli;

import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.mcp.Conversation;
import dev.sideline.host.plugin.PluginHost;
import dev.sideline.host.plugin.PluginProblem;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A host of one command's own. Closed by the command or, when the process is told to end, by the
 * JVM's shutdown, whichever comes first.
 */
final class StandaloneHost extends Host {

  /** Has one opened by each command. */
  static final Hosts HOSTS =
      new Hosts() {
        @Override
        public Host open(CommonOptions options, Consumer<PluginEvent> published, Console console) {
          return StandaloneHost.open(
              Runtimes.open(options), options, data(options), published, console);
        }

        @Override
        public Host forConversations(CommonOptions options, Console console) {
          SessionRuntime runtime = Runtimes.open(options);
          return StandaloneHost.open(
              runtime,
              new Conversations(runtime.sessions()),
              options,
              data(options),
              event -> {},
              console);
        }

        @Override
        public Host inside(CommonOptions options, Path callerKey, Console console) {
          return StandaloneHost.open(
              Runtimes.openInside(options), options, data(options), event -> {}, console);
        }

        @Override
        public Host embedded(CommonOptions options, Console console) {
          return StandaloneHost.open(
              Runtimes.embedded(options, null), options, null, event -> {}, console);
        }
      };

  private final SessionRuntime runtime;
  private final SessionClient sessions;
  private final Thread atShutdown = DaemonThreads.unstarted("sideline-shutdown", this::close);
  private boolean closed;

  private StandaloneHost(
      SessionRuntime runtime, SessionClient sessions, PluginHost plugins, Path directory) {
    super(plugins, directory);
    this.runtime = runtime;
    this.sessions = sessions;
  }

  private static @Nullable Path data(CommonOptions options) {
    return options.dataDirectory().orElse(null);
  }

  private static Host open(
      SessionRuntime runtime,
      CommonOptions options,
      @Nullable Path data,
      Consumer<PluginEvent> published,
      Console console) {
    return open(runtime, runtime.sessions(), options, data, published, console);
  }

  /**
   * Opens sessions, loads the plugins and connects the two.
   *
   * @param runtime belongs to the host from now on, also if this fails
   * @param data where plugins keep files; null for nowhere
   * @throws CommandFailedException if no plugin offers a tool
   */
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
      StandaloneHost host =
          new StandaloneHost(runtime, sessions, plugins, console.surroundings().directory());
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
    for (PluginProblem problem : pluginHost().problems()) {
      console.note(problem.path() + ": " + problem.message());
    }
    if (tools().isEmpty()) {
      close();
      throw CommandFailedException.failed(
          "no plugin in " + options.pluginDirectory() + " offers a tool; --plugins names a folder",
          null);
    }
    runtime.start(pluginHost().events());
  }

  @Override
  SessionClient sessions() {
    return sessions;
  }

  @Override
  CompletionStage<Session> create(NewSession request) {
    return sessions.create(request);
  }

  @Override
  CompletionStage<String> sessionOf(Conversation conversation, @Nullable Waker waker) {
    return newSession(conversation)
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

  @Override
  boolean endsWithCommand() {
    return true;
  }

  /**
   * Tells all that was started for the sessions to end, then ends the plugins, then the sessions.
   * Each part is bounded in time. Returns when everything is over, on whichever thread it was
   * begun.
   */
  @Override
  public void close() {
    Barrier.run("Ending what was started", runtime::beginClose);
    closeAll();
  }

  private synchronized void closeAll() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      pluginHost().close();
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
