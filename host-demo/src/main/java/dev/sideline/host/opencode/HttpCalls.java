package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.text.Characters;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the server and makes values or {@link SessionException}s of what comes back.
 *
 * <p>Never blocks its caller. A call ends within {@link OpenCodeOptions#callTimeout}, the time that
 * it waits for its turn included. What changes something is sent at most once.
 */
final class HttpCalls implements AutoCloseable {

  /** So that a burst of launches does not queue behind the five of OkHttp's default. */
  private static final int MAX_CALLS = 32;

  /** Of an answer as it is read, not as it is sent. What is made of it takes some times as much. */
  private static final long MAX_ANSWER_BYTES =
      Math.max(4L << 20, Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32));

  /** So that those which are read at once have a sixteenth of the memory together, as sent. */
  private static final int MAX_LARGE_ANSWERS =
      (int) Math.max(1, Math.min(8, Runtime.getRuntime().maxMemory() / 16 / MAX_ANSWER_BYTES));

  private static final long SMALL_ANSWER_BYTES = MAX_ANSWER_BYTES / MAX_CALLS;

  private static final int MAX_ERROR_BYTES = 64 << 10;
  private static final int MAX_ERROR_CHARS = 500;

  private final OpenCodeOptions options;
  private final HttpUrl base;
  private final JsonMapper mapper;
  private final ScheduledExecutorService timer;
  private final ExecutorService threads;
  private final OkHttpClient client;
  private final LargeAnswers largeAnswers = new LargeAnswers(MAX_LARGE_ANSWERS, SMALL_ANSWER_BYTES);

  /**
   * @param timer counts deadlines; belongs to the caller
   */
  HttpCalls(OpenCodeOptions options, JsonMapper mapper, ScheduledExecutorService timer) {
    this.options = options;
    this.base = Login.base(options);
    this.mapper = mapper;
    this.timer = timer;
    this.threads = DaemonThreads.onDemand(OpenCodeRuntime.THREAD_PREFIX + "http");
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(MAX_CALLS);
    dispatcher.setMaxRequestsPerHost(MAX_CALLS);
    this.client =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectTimeout(options.connectTimeout())
            .readTimeout(options.callTimeout())
            .writeTimeout(options.callTimeout())
            .followRedirects(false)
            .eventListenerFactory(SendProgress::of)
            .build();
  }

  /** Whether the server is on this machine, and sees the same files. */
  boolean local() {
    String host = base.host();
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }

  /** The server's address with these path segments, which are encoded. */
  HttpUrl.Builder url(String... segments) {
    HttpUrl.Builder url = base.newBuilder();
    for (String segment : segments) {
      url.addPathSegment(segment);
    }
    return url;
  }

  <T> CompletableFuture<T> get(HttpUrl url, ObjectReader reader) {
    return send(new Request.Builder().url(url).get(), reader);
  }

  <T> CompletableFuture<T> post(HttpUrl url, Object body, ObjectReader reader) {
    return withBody(json -> new Request.Builder().url(url).post(json), body, reader);
  }

  /** Sends and leaves the answer's body unread. */
  CompletableFuture<Void> post(HttpUrl url, Object body) {
    return withBody(json -> new Request.Builder().url(url).post(json), body, null);
  }

  /** Changes a part, and leaves the answer's body unread. */
  CompletableFuture<Void> patch(HttpUrl url, Object body) {
    return withBody(json -> new Request.Builder().url(url).patch(json), body, null);
  }

  CompletableFuture<Void> delete(HttpUrl url) {
    return send(new Request.Builder().url(url).delete(new OneShotJson(new byte[0])), null);
  }

  private <T> CompletableFuture<T> withBody(
      Function<RequestBody, Request.Builder> request, Object body, @Nullable ObjectReader reader) {
    byte[] json;
    try {
      json = mapper.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      return CompletableFuture.failedFuture(
          new SessionException(Code.INVALID, "the request cannot be written as JSON", e));
    }
    return send(request.apply(new OneShotJson(json)), reader);
  }

  private <T> CompletableFuture<T> send(Request.Builder builder, @Nullable ObjectReader reader) {
    SendProgress progress = new SendProgress();
    Request request = Login.add(builder, options).tag(SendProgress.class, progress).build();
    Call call = client.newCall(request);
    Answer<T> answer = new Answer<>(request, progress, reader);
    Future<?> deadline;
    try {
      deadline =
          timer.schedule(call::cancel, options.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new SessionException(
              Code.UNAVAILABLE, name(request) + ": the connection to the server is closed", e));
    }
    try {
      call.enqueue(answer);
    } catch (Throwable noThread) { // It may stand in the queue all the same.
      call.cancel();
      answer.defect(noThread);
    }
    return answer.result.whenComplete((value, problem) -> deadline.cancel(false));
  }

  /**
   * The server is there, and was not before: what it was asked until now it may not know of, and
   * has a little time left to answer. One that is just starting takes a connection and then forgets
   * it.
   */
  void serverIsBack() {
    List<Call> before = client.dispatcher().runningCalls();
    try {
      Future<?> unused =
          timer.schedule(
              () -> before.forEach(Call::cancel),
              options.connectTimeout().toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      before.forEach(Call::cancel); // It is being closed.
    }
  }

  /** Cancels what is under way; each of those calls fails. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    DaemonThreads.end(threads);
    client.connectionPool().evictAll();
  }

  private static String name(Request request) {
    return request.method() + " " + request.url();
  }

  private final class Answer<T> implements Callback {

    final CompletableFuture<T> result = new CompletableFuture<>();
    private final Request request;
    private final SendProgress progress;
    private final @Nullable ObjectReader reader;

    Answer(Request request, SendProgress progress, @Nullable ObjectReader reader) {
      this.request = request;
      this.progress = progress;
      this.reader = reader;
    }

    @Override
    public void onFailure(Call call, IOException e) {
      Barrier.run(name(request), () -> fail(call, e), this::defect);
    }

    @Override
    public void onResponse(Call call, Response response) {
      try (response) {
        if (!response.isSuccessful()) {
          result.completeExceptionally(refusal(response));
        } else if (reader == null) {
          result.complete(null);
        } else {
          read(call, response, reader);
        }
      } catch (IOException e) {
        fail(call, e);
      } catch (Throwable e) {
        // Fault barrier: whatever the server sent, the caller gets an answer.
        defect(e);
      }
    }

    private void defect(Throwable e) {
      result.completeExceptionally(
          new SessionException(
              Code.UNCERTAIN, name(request) + ": the server's answer could not be read", e));
    }

    private void read(Call call, Response response, ObjectReader objects) throws IOException {
      MediaType type = response.body().contentType();
      if (type == null || !type.subtype().equals("json")) {
        result.completeExceptionally(
            new SessionException(
                Code.UNSUPPORTED,
                name(request)
                    + ": the answer is not JSON; either "
                    + base
                    + " is not an OpenCode server, or its version is too old"));
        return;
      }
      InputStream body = new LimitedStream(response.body().byteStream(), MAX_ANSWER_BYTES);
      try (LargeAnswers.Reading reading = largeAnswers.reading(body, call::isCanceled)) {
        T value = objects.readValue(reading.stream());
        if (value == null) {
          result.completeExceptionally(
              new SessionException(
                  Code.UNCERTAIN, name(request) + ": the server's answer is empty"));
        } else {
          result.complete(value);
        }
      } catch (LimitedStream.TooLong e) {
        result.completeExceptionally(
            new SessionException(
                Code.UNCERTAIN,
                name(request) + ": the server's answer has more than " + e.bytes() + " bytes",
                e));
      } catch (JsonProcessingException e) {
        result.completeExceptionally(
            new SessionException(
                Code.UNCERTAIN,
                name(request)
                    + ": the server's answer could not be read: "
                    + e.getOriginalMessage(),
                e));
      }
    }

    private void fail(Call call, IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      if (call.isCanceled()) {
        reason =
            "no answer within "
                + options.callTimeout().toSeconds()
                + " s, or the server was started anew or closed meanwhile";
      }
      result.completeExceptionally(
          progress.started()
              ? new SessionException(
                  Code.UNCERTAIN,
                  name(request) + ": sent, but the answer did not arrive: " + reason,
                  e)
              : new SessionException(
                  Code.UNAVAILABLE,
                  name(request)
                      + ": the OpenCode server was not reached: "
                      + reason
                      + "; check that it runs at this address",
                  e));
    }

    private SessionException refusal(Response response) throws IOException {
      String said = said(response);
      String what = name(request) + ": " + response.code() + (said.isEmpty() ? "" : ": " + said);
      return switch (response.code()) {
        case 401, 403 ->
            new SessionException(
                Code.INVALID,
                what
                    + "; set the environment variable "
                    + OpenCodeOptions.PASSWORD_VARIABLE
                    + " to the server's password (and "
                    + OpenCodeOptions.USER_VARIABLE
                    + " if its user is not 'opencode')");
        case 404 -> new SessionException(Code.NOT_FOUND, what);
        default ->
            new SessionException(response.code() < 500 ? Code.INVALID : Code.UNCERTAIN, what);
      };
    }

    /** The server's own words, out of the several shapes that they come in. */
    private String said(Response response) throws IOException {
      String body = response.peekBody(MAX_ERROR_BYTES).string();
      String text;
      try {
        JsonNode error = mapper.readTree(body);
        JsonNode message = error.at("/data/message");
        text = (message.isTextual() ? message : error.path("message")).asText("");
      } catch (JsonProcessingException e) {
        text = body;
      }
      return Characters.cut(text, MAX_ERROR_CHARS);
    }
  }
}
