package dev.sideline.host.opencode;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.EventSink;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of all directories of a server, for as long as it takes: a stream that ends, fails or
 * falls silent is opened again, without limit, after a pause that grows.
 *
 * <p>The server repeats nothing, so whenever it greets, {@link EventSink#eventsLost} is called once
 * the stream is open. That includes the first time: what happened between the start and the
 * greeting has not arrived either.
 *
 * <p>Has an HTTP client and a thread of its own, so that the stream never takes the place of a call
 * and events arrive on one thread.
 */
final class OpenCodeEventStream implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenCodeEventStream.class);
  private static final long MAX_EVENT_BYTES =
      Math.max(1L << 20, Math.min(32L << 20, Runtime.getRuntime().maxMemory() / 32));

  private final OpenCodeOptions options;
  private final HttpUrl url;
  private final ScheduledExecutorService timer;
  private final ExecutorService thread;
  private final OkHttpClient client;
  private final EventSource.Factory sources;
  private final EventSink sink;
  private final Runnable onReturn;
  private final EventDecoder decoder;
  private final Backoff backoff;

  private final Object lock = new Object();
  private @Nullable EventSource current;
  private @Nullable Future<?> retry;
  private @Nullable Future<?> greetingBound;
  private boolean closed;
  private boolean awaitingRetry;

  // Of the event thread alone.
  private boolean toldOfLoss;
  private long connectedAtNanos;
  private boolean connected;

  /**
   * @param onReturn runs when the server greets again after it was not heard of; must not block
   */
  OpenCodeEventStream(
      OpenCodeOptions options,
      ScheduledExecutorService timer,
      EventSink sink,
      Runnable onReturn,
      Directories directories,
      MessageIds messageIds) {
    this.options = options;
    this.url = Login.base(options).newBuilder().addPathSegments("global/event").build();
    this.timer = timer;
    this.sink = sink;
    this.onReturn = onReturn;
    this.decoder = new EventDecoder(sink, new Noticed(directories, messageIds));
    this.backoff = new Backoff(options.firstRetry(), options.lastRetry());
    this.thread =
        DaemonThreads.serial(
            OpenCodeRuntime.THREAD_PREFIX + "events", thrown -> lost(Barrier.describe(thrown)));
    this.client =
        new OkHttpClient.Builder()
            .dispatcher(new Dispatcher(thread))
            .connectTimeout(options.connectTimeout())
            .readTimeout(options.silence())
            .followRedirects(false)
            .addInterceptor(new EventLimit(MAX_EVENT_BYTES))
            .build();
    this.sources = EventSources.createFactory(client);
  }

  /** Opens the stream; to be called once. */
  void start() {
    connect();
  }

  /** How many events could not be read so far. */
  long malformed() {
    return decoder.malformed();
  }

  /** Ends the stream; the sink is not called again once this has returned. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (current != null) {
        current.cancel();
      }
      if (retry != null) {
        retry.cancel(false);
      }
    }
    DaemonThreads.end(thread);
    client.connectionPool().evictAll();
  }

  /** Whatever keeps it from being opened, it is tried again. */
  private void connect() {
    Barrier.run("Opening the event stream", this::open, thrown -> lost(Barrier.describe(thrown)));
  }

  private void open() {
    synchronized (lock) {
      awaitingRetry = false;
      if (!closed) {
        Request.Builder request = new Request.Builder().url(url);
        EventSource source =
            sources.newEventSource(Login.add(request, options).build(), new Listener());
        current = source;
        // A server that is just starting takes a connection and then forgets it.
        greetingBound =
            timer.schedule(
                source::cancel, options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void endGreetingBound() {
    synchronized (lock) {
      if (greetingBound != null) {
        greetingBound.cancel(false);
      }
    }
  }

  private boolean closed() {
    synchronized (lock) {
      return closed;
    }
  }

  private void lost(String reason) {
    synchronized (lock) {
      // The end of one stream may be told twice: by what ended it, and by what met it.
      if (closed || awaitingRetry) {
        return;
      }
      awaitingRetry = true;
    }
    if (!toldOfLoss) {
      toldOfLoss = true;
      log.warn("No events from {}: {}; trying again until they come", url, reason);
    } else {
      log.debug("Still no events from {}: {}", url, reason);
    }
    if (connected && System.nanoTime() - connectedAtNanos > options.lastRetry().toNanos()) {
      backoff.reset();
    }
    connected = false;
    endGreetingBound();
    synchronized (lock) {
      if (!closed) {
        retry = timer.schedule(this::connect, backoff.pause().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private final class Listener extends EventSourceListener {

    @Override
    public void onEvent(
        EventSource source, @Nullable String id, @Nullable String type, String data) {
      if (!closed()) {
        decoder.accept(data);
      }
    }

    @Override
    public void onClosed(EventSource source) {
      lost("the server ended the stream");
    }

    @Override
    public void onFailure(
        EventSource source, @Nullable Throwable problem, @Nullable Response response) {
      if (response != null && response.code() == 401) {
        lost("the server wants another password than " + OpenCodeOptions.PASSWORD_VARIABLE);
      } else if (response != null && !response.isSuccessful()) {
        lost("the server answered " + response.code());
      } else {
        lost(problem == null ? "the stream failed" : problem.toString());
      }
    }
  }

  private final class Noticed implements EventDecoder.Listener {

    private final Directories directories;
    private final MessageIds messageIds;

    Noticed(Directories directories, MessageIds messageIds) {
      this.directories = directories;
      this.messageIds = messageIds;
    }

    @Override
    public void connected() {
      endGreetingBound();
      connected = true;
      connectedAtNanos = System.nanoTime();
      if (toldOfLoss) {
        toldOfLoss = false;
        log.info("Events from {} arrive again", url);
        onReturn.run();
      }
      sink.eventsLost();
    }

    @Override
    public void serverTime(String eventId) {
      messageIds.serverTime(eventId);
    }

    @Override
    public void directory(String sessionId, String directory) {
      directories.learn(sessionId, directory);
    }
  }
}
