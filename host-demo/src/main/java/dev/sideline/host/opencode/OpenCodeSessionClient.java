package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.AgentCatalog;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.host.EventSink;
import dev.sideline.host.text.Characters;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of an OpenCode server.
 *
 * <p>The server works per directory: it runs a session in the directory of the request that creates
 * it, and tells states and pending requests of one directory at a time. So a child is created in
 * its parent's directory, and a question about all sessions is asked once for each directory that
 * we have seen.
 *
 * <p>{@link Prompt#resultSchema} is not passed on. The server would take it as the {@code format}
 * of the message, but has not been able to read messages with a format back since version 1.14.48
 * (anomalyco/opencode issue 26929): neither we nor a person could look into such a session.
 */
final class OpenCodeSessionClient implements SessionClient {

  private static final int MAX_MESSAGES = 1_000;

  private final HttpCalls http;
  private final Directories directories;
  private final MessageIds messageIds;
  private final PendingRequests requests;
  private final SessionRemoval removal;
  private final ServerAgents agents;
  private final Denials denials;
  private final PromptWatch watch;
  private final @Nullable String defaultDirectory;
  private final ObjectReader sessionReader;
  private final ObjectReader sessionsReader;
  private final ObjectReader statusesReader;
  private final ObjectReader messagesReader;

  OpenCodeSessionClient(
      HttpCalls http,
      JsonMapper mapper,
      Directories directories,
      MessageIds messageIds,
      ScheduledExecutorService timer,
      @Nullable String defaultDirectory) {
    this.http = http;
    this.directories = directories;
    this.messageIds = messageIds;
    this.defaultDirectory = defaultDirectory;
    this.requests = new PendingRequests(http, mapper, directories, this::statusesIn);
    this.watch =
        new PromptWatch((id, limit) -> messages(id, limit).toCompletableFuture(), this::send);
    this.removal = new SessionRemoval(this, timer);
    this.agents = new ServerAgents(http, mapper);
    this.denials = new Denials(http, this::learnt);
    this.sessionReader = mapper.readerFor(Wire.SessionInfo.class);
    this.sessionsReader = mapper.readerFor(new TypeReference<List<Wire.SessionInfo>>() {});
    this.statusesReader = mapper.readerFor(new TypeReference<Map<String, Wire.Status>>() {});
    this.messagesReader = mapper.readerFor(new TypeReference<List<Wire.FullMessage>>() {});
    if (defaultDirectory != null) {
      directories.add(defaultDirectory);
    }
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    if (request.parentId() == null) {
      String directory = request.directory() == null ? defaultDirectory : request.directory();
      return bare(create(request, directory, List.of()));
    }
    return bare(
        info(request.parentId())
            .thenCompose(
                parent -> {
                  known(parent);
                  return create(
                      request,
                      directoryFor(request, parent),
                      Permissions.handedOn(Permissions.of(parent.permission())));
                }));
  }

  private CompletableFuture<Session> create(
      NewSession request, @Nullable String directory, List<Wire.Rule> rules) {
    HttpUrl url = in(http.url("session"), directory);
    Wire.NewSessionBody body =
        new Wire.NewSessionBody(
            request.parentId(),
            request.title(),
            request.metadata(),
            rules.isEmpty() ? null : rules);
    return http.<Wire.SessionInfo>post(url, body, sessionReader)
        .thenApply(
            info ->
                known(info)
                    .orElseThrow(
                        () ->
                            new SessionException(
                                Code.UNCERTAIN, "POST " + url + ": the new session has no id")));
  }

  /** Where a session below another one works. */
  private @Nullable String directoryFor(NewSession request, Wire.SessionInfo parent) {
    String wanted = request.directory();
    String parents = parent.directory();
    if (wanted == null || wanted.equals(parents)) {
      return parents;
    }
    if (parents == null || !http.local()) {
      throw new SessionException(
          Code.INVALID,
          "the session cannot work in "
              + wanted
              + ": whether that folder has a configuration of its own cannot be seen from here");
    }
    try {
      ForeignConfiguration.between(Path.of(wanted), Path.of(parents))
          .ifPresent(
              file -> {
                throw new SessionException(
                    Code.INVALID,
                    "the session cannot work in "
                        + wanted
                        + ": "
                        + file
                        + " would be its configuration, and not that of "
                        + parents);
              });
    } catch (IOException | InvalidPathException e) {
      throw new SessionException(Code.INVALID, "there is no folder " + wanted, e);
    }
    return wanted;
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return bare(info(sessionId).thenApply(this::known).exceptionally(unless(Optional.empty())));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    if (!SessionIds.plausible(sessionId)) {
      return CompletableFuture.completedFuture(List.of());
    }
    return bare(
        http.<List<Wire.SessionInfo>>get(
                http.url("session", sessionId, "children").build(), sessionsReader)
            .thenApply(infos -> infos.stream().map(this::known).flatMap(Optional::stream).toList())
            .exceptionally(unless(List.of())));
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return bare(info(sessionId).thenCompose(agents::of));
  }

  @Override
  public Optional<String> whereToAnswer() {
    return Optional.of("in OpenCode, in the task's session");
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    List<String> all = directories.all();
    if (all.isEmpty()) {
      return bare(statusesIn(null));
    }
    List<CompletableFuture<Map<String, SessionStatus>>> calls = new ArrayList<>();
    for (String directory : all) {
      calls.add(statusesIn(directory));
    }
    return bare(
        Joined.all(calls)
            .thenApply(
                maps -> {
                  Map<String, SessionStatus> joined = new HashMap<>();
                  maps.forEach(joined::putAll);
                  return Collections.unmodifiableMap(joined);
                }));
  }

  /** The states of the sessions of one directory; null for the server's own. */
  CompletableFuture<Map<String, SessionStatus>> statusesIn(@Nullable String directory) {
    HttpUrl url = in(http.url("session", "status"), directory);
    return http.<Map<String, Wire.Status>>get(url, statusesReader)
        .thenApply(
            wire ->
                wire.entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            Map.Entry::getKey, entry -> FromWire.status(entry.getValue()))));
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    if (limit < 1) {
      return CompletableFuture.failedFuture(
          new SessionException(Code.INVALID, "limit must be at least 1, got " + limit));
    }
    if (!SessionIds.plausible(sessionId)) {
      return CompletableFuture.failedFuture(SessionIds.notFound(sessionId));
    }
    HttpUrl url =
        http.url("session", sessionId, "message")
            .addQueryParameter("limit", Integer.toString(Math.min(limit, MAX_MESSAGES)))
            .build();
    return bare(
        http.<List<Wire.FullMessage>>get(url, messagesReader)
            .thenApply(
                wire -> {
                  List<Message> messages =
                      new ArrayList<>(
                          wire.stream().map(FromWire::message).flatMap(Optional::stream).toList());
                  Collections.reverse(messages);
                  return Collections.unmodifiableList(messages);
                }));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    if (!SessionIds.plausible(prompt.sessionId())) {
      return CompletableFuture.failedFuture(SessionIds.notFound(prompt.sessionId()));
    }
    watch.sending(prompt);
    return bare(send(prompt));
  }

  /** What it denies is denied first: said with a message, it would replace what is there. */
  private CompletableFuture<Void> send(Prompt prompt) {
    return denials
        .deny(prompt.sessionId(), prompt.deniedTools())
        .exceptionally(OpenCodeSessionClient::notSent)
        .thenCompose(denied -> sendNow(prompt));
  }

  /** Whatever is uncertain then, the message was not sent. */
  private static @Nullable Void notSent(Throwable problem) {
    if (cause(problem) instanceof SessionException e && e.code() == Code.UNCERTAIN) {
      throw new SessionException(Code.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
    throw wrapped(problem);
  }

  private CompletableFuture<Void> sendNow(Prompt prompt) {
    Optional<String> directory = directories.of(prompt.sessionId());
    if (prompt.agent() != null && directory.isPresent()) {
      return send(prompt, directory.get(), prompt.agent());
    }
    // Without an agent the server would take its default one, not that of the session.
    return info(prompt.sessionId())
        .thenCompose(
            info -> {
              known(info);
              String agent = prompt.agent() == null ? info.agent() : prompt.agent();
              return send(prompt, info.directory(), agent);
            });
  }

  /** Looks at the events that go to a sink; to be called once. */
  EventSink before(EventSink sink) {
    return watch.before(new EventTap(sink, requests::look));
  }

  private CompletableFuture<Void> send(
      Prompt prompt, @Nullable String directory, @Nullable String agent) {
    Wire.Model model =
        prompt.model() == null
            ? null
            : new Wire.Model(prompt.model().provider(), prompt.model().model());
    Wire.PromptBody body =
        new Wire.PromptBody(
            prompt.messageId(),
            agent,
            model,
            prompt.variant(),
            prompt.wake() ? null : true,
            List.of(
                new Wire.TextPart(
                    MessageIds.partId(prompt.messageId()),
                    "text",
                    Characters.whole(prompt.text()))));
    return http.post(in(http.url("session", prompt.sessionId(), "prompt_async"), directory), body);
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return bare(abortNow(sessionId));
  }

  CompletableFuture<Void> abortNow(String sessionId) {
    watch.stopping(sessionId);
    if (!SessionIds.plausible(sessionId)) {
      return CompletableFuture.completedFuture(null);
    }
    // An abort ends the wait for them, but the server goes on showing them to people.
    List<PendingRequest> asked = requests.askedBy(sessionId);
    return directoryOf(sessionId)
        .thenCompose(
            directory ->
                http.post(
                    in(http.url("session", sessionId, "abort"), directory.orElse(null)), Map.of()))
        .thenRun(() -> requests.withdraw(asked))
        .exceptionally(OpenCodeSessionClient::nothingUnlessFailed);
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return bare(removal.remove(sessionId));
  }

  /** Deletes without stopping anything first. */
  CompletableFuture<Void> deleteNow(String sessionId, @Nullable String directory) {
    return http.delete(in(http.url("session", sessionId), directory))
        .exceptionally(OpenCodeSessionClient::nothingUnlessFailed)
        .thenRun(
            () -> {
              directories.forget(sessionId);
              denials.forget(sessionId);
            });
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return bare(requests.all());
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return bare(requests.reply(requestId, reply));
  }

  @Override
  public String newMessageId() {
    return messageIds.next();
  }

  /** Where a session works, asked for if we have not seen it; fails if it does not exist. */
  CompletableFuture<Optional<String>> directoryOf(String sessionId) {
    Optional<String> seen = directories.of(sessionId);
    if (seen.isPresent()) {
      return CompletableFuture.completedFuture(seen);
    }
    return info(sessionId)
        .thenApply(
            info -> {
              known(info);
              return Optional.ofNullable(info.directory());
            });
  }

  private CompletableFuture<Wire.SessionInfo> info(String sessionId) {
    return SessionIds.plausible(sessionId)
        ? http.get(http.url("session", sessionId).build(), sessionReader)
        : CompletableFuture.failedFuture(SessionIds.notFound(sessionId));
  }

  private CompletableFuture<Wire.SessionInfo> learnt(String sessionId) {
    return info(sessionId)
        .thenApply(
            info -> {
              known(info);
              return info;
            });
  }

  private Optional<Session> known(Wire.SessionInfo info) {
    Optional<Session> session = FromWire.session(info);
    session.ifPresent(found -> directories.learn(found.id(), found.directory()));
    return session;
  }

  static HttpUrl in(HttpUrl.Builder url, @Nullable String directory) {
    return directory == null ? url.build() : url.addQueryParameter("directory", directory).build();
  }

  /** A value instead of {@code NOT_FOUND}; every other failure stays one. */
  private static <T> Function<Throwable, T> unless(T absent) {
    return problem -> {
      throwUnlessNotFound(problem);
      return absent;
    };
  }

  private static @Nullable Void nothingUnlessFailed(Throwable problem) {
    throwUnlessNotFound(problem);
    return null;
  }

  private static void throwUnlessNotFound(Throwable problem) {
    if (!(cause(problem) instanceof SessionException e) || e.code() != Code.NOT_FOUND) {
      throw wrapped(problem);
    }
  }

  private static CompletionException wrapped(Throwable problem) {
    return problem instanceof CompletionException already
        ? already
        : new CompletionException(problem);
  }

  /** The same, failing with the {@link SessionException} itself and not with a wrapping one. */
  private static <T> CompletionStage<T> bare(CompletableFuture<T> call) {
    CompletableFuture<T> bare = new CompletableFuture<>();
    CompletableFuture<T> unused =
        call.whenComplete(
            (value, problem) -> {
              if (problem == null) {
                bare.complete(value);
              } else {
                bare.completeExceptionally(known(cause(problem)));
              }
            });
    return bare;
  }

  /** An answer that can be read may still be none that anything can be made of. */
  private static SessionException known(Throwable problem) {
    return problem instanceof SessionException e
        ? e
        : new SessionException(Code.UNCERTAIN, "the server's answer makes no sense", problem);
  }

  private static Throwable cause(Throwable problem) {
    return problem instanceof CompletionException
        ? Objects.requireNonNullElse(problem.getCause(), problem)
        : problem;
  }
}
