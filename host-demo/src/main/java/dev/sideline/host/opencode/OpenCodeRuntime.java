package dev.sideline.host.opencode;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.EventSink;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.process.ProcessTrees;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of an OpenCode server, one that runs already or one that is started and ended with
 * this runtime.
 *
 * <p>A server that is not there, or goes away, is no error here: calls fail with {@link
 * dev.sideline.api.SessionException.Code#UNAVAILABLE}, the event stream is opened again for as long
 * as it takes.
 */
public final class OpenCodeRuntime implements SessionRuntime {

  static final String THREAD_PREFIX = "sideline-opencode-";

  private final OpenCodeOptions options;
  private final @Nullable OpenCodeServer server;
  private final ScheduledExecutorService timer = DaemonThreads.timer(THREAD_PREFIX + "timer");
  private final Directories directories = new Directories();
  private final MessageIds messageIds;
  private final HttpCalls http;
  private final OpenCodeSessionClient sessions;
  private final Toasts toasts;

  private final Object lock = new Object();
  private @Nullable OpenCodeEventStream stream;
  private boolean closed;

  private OpenCodeRuntime(OpenCodeOptions options, @Nullable OpenCodeServer server, Clock clock) {
    this.options = options;
    this.server = server;
    JsonMapper mapper = Wire.mapper(options.maxResponseBytes());
    this.messageIds = new MessageIds(clock);
    this.http = new HttpCalls(options, mapper, timer);
    this.toasts = new Toasts(http, directories, System::nanoTime);
    this.sessions =
        new OpenCodeSessionClient(
            http,
            mapper,
            directories,
            messageIds,
            timer,
            options.directory() == null ? null : options.directory().toString());
  }

  /**
   * Ids of messages that every server takes, where it is not known yet to which they will go. They
   * are of the time of this machine.
   */
  public static Supplier<String> messageIds() {
    return new MessageIds(Clock.systemUTC())::next;
  }

  /** The sessions of a server that runs already. Makes no request yet. */
  public static OpenCodeRuntime connect(OpenCodeOptions options) {
    return new OpenCodeRuntime(options, null, Clock.systemUTC());
  }

  /**
   * Starts a server and takes its sessions; {@link #close} ends it.
   *
   * @param trees with which it is started; closed with this
   * @throws IOException if the server does not start, or is one of version 2; the message holds
   *     what it said, or what to do
   */
  public static OpenCodeRuntime start(OpenCodeServer.Launch launch, ProcessTrees trees)
      throws IOException {
    return of(launch, OpenCodeServer.start(launch, trees));
  }

  /**
   * The same beside others.
   *
   * @param trees with which it is started, and others were; only its own processes end with it
   * @throws IOException likewise
   */
  public static OpenCodeRuntime startAmong(OpenCodeServer.Launch launch, ProcessTrees trees)
      throws IOException {
    return of(launch, OpenCodeServer.startAmong(launch, trees));
  }

  private static OpenCodeRuntime of(OpenCodeServer.Launch launch, OpenCodeServer server)
      throws IOException {
    ServerIdentity identity = ServerIdentity.ask(server.options());
    if (identity.kind() == ServerIdentity.Kind.VERSION_2) {
      server.close();
      throw new IOException(launch.binary() + ": " + OpenCode2.words(identity.detail()));
    }
    return new OpenCodeRuntime(
        server.options().withDirectory(launch.directory()), server, Clock.systemUTC());
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  /** Whether the server has not ended, as far as that is known: of one that was started here. */
  public boolean serverLives() {
    return server == null || server.process().isAlive();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if it was started before
   */
  @Override
  public void start(EventSink sink) {
    synchronized (lock) {
      if (stream != null) {
        throw new IllegalStateException("the event stream was started before");
      }
      if (closed) {
        return;
      }
      stream =
          new OpenCodeEventStream(
              options, timer, sessions.before(sink), http::serverIsBack, directories, messageIds);
      stream.start();
    }
  }

  /** {@inheritDoc} A toast appears in OpenCode's terminal interface. */
  @Override
  public void show(PluginEvent event) {
    if (event instanceof PluginEvent.Toast toast) {
      toasts.show(toast);
    }
  }

  @Override
  public void beginClose() {
    if (server != null) {
      server.beginClose();
    }
  }

  /** {@inheritDoc} Takes at most 5 s, and 10 s more if it has to end a server. */
  @Override
  public void close() {
    OpenCodeEventStream open;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      open = stream;
    }
    if (open != null) {
      Barrier.run("Ending the event stream", open::close);
    }
    Barrier.run("Ending the calls to the server", http::close);
    DaemonThreads.end(timer);
    if (server != null) {
      server.close();
    }
  }
}
