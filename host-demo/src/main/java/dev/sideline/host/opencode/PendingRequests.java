package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PendingRequest.Kind;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.host.Barrier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Permissions and questions. The server keeps the two apart, and each by directory, and takes a
 * reply only in the right place; the place is looked for in its lists at every reply, because those
 * also tell whether the request still waits.
 *
 * <p>Two things about the lists are put right here. The server goes on listing the requests of a
 * session that was stopped or removed, so those of sessions that are idle are left out. And it
 * refuses to list the permissions of a directory at all while it cannot write the details of one of
 * them, as with a {@code webfetch} without a time limit; what events have told of stands in then.
 */
final class PendingRequests {

  private static final Logger log = LoggerFactory.getLogger(PendingRequests.class);

  // Without a word the server would end what the agent is doing, and nobody would know of what.
  private static final String REFUSED = "Not allowed. Go on without it, or say what you need.";
  private static final String UNANSWERED = "There is no answer. Decide for yourself, and say so.";

  private final HttpCalls http;
  private final Directories directories;
  private final Function<@Nullable String, CompletableFuture<Map<String, SessionStatus>>> statuses;
  private final ObjectReader requestsReader;
  private final AskedRequests asked = new AskedRequests();

  /**
   * @param statuses the states of the sessions of a directory
   */
  PendingRequests(
      HttpCalls http,
      JsonMapper mapper,
      Directories directories,
      Function<@Nullable String, CompletableFuture<Map<String, SessionStatus>>> statuses) {
    this.http = http;
    this.directories = directories;
    this.statuses = statuses;
    this.requestsReader = mapper.readerFor(new TypeReference<List<Wire.Request>>() {});
  }

  /** Takes every event that arrives. */
  void look(SessionEvent event) {
    asked.look(event);
  }

  CompletableFuture<List<PendingRequest>> all() {
    return places().thenApply(places -> places.stream().map(Place::request).toList());
  }

  CompletableFuture<Void> reply(String requestId, Reply reply) {
    return places()
        .thenCompose(
            places -> {
              Optional<Place> place =
                  places.stream().filter(p -> p.request().id().equals(requestId)).findFirst();
              return place.isPresent()
                  ? reply(place.get(), reply)
                  : failed(
                      Code.NOT_FOUND,
                      "no permission or question '" + requestId + "' waits (any more)");
            });
  }

  /** The requests of a session that are known to wait, to be given to {@link #withdraw}. */
  List<PendingRequest> askedBy(String sessionId) {
    return asked.that(request -> request.sessionId().equals(sessionId));
  }

  /**
   * Rejects the requests of a session that has been stopped, so that no person is asked for ever.
   */
  void withdraw(List<PendingRequest> requests) {
    for (PendingRequest request : requests) {
      Barrier.run("Withdrawing " + request.id(), () -> withdraw(request));
    }
  }

  private void withdraw(PendingRequest request) {
    Place place = new Place(request, 0, directories.of(request.sessionId()).orElse(null));
    boolean permission = request.kind() == Kind.PERMISSION;
    CompletableFuture<Void> rejected =
        permission
            ? http.post(place.url(http, "reply"), new Wire.PermissionReply("reject", null))
            : http.post(place.url(http, "reject"), Map.of());
    CompletableFuture<Void> unused =
        rejected.exceptionally(
            problem -> {
              log.debug("Could not withdraw {}", request.id(), problem);
              return null;
            });
  }

  private CompletableFuture<Void> reply(Place place, Reply reply) {
    String id = place.request().id();
    if (place.request().kind() == Kind.PERMISSION) {
      if (reply instanceof Reply.Allow) {
        return http.post(place.url(http, "reply"), new Wire.PermissionReply("once", null));
      }
      if (reply instanceof Reply.AllowAlways) {
        return http.post(place.url(http, "reply"), new Wire.PermissionReply("always", null));
      }
      if (reply instanceof Reply.Reject reject) {
        String words = Objects.requireNonNullElse(reject.message(), REFUSED);
        return http.post(place.url(http, "reply"), new Wire.PermissionReply("reject", words));
      }
      return failed(
          Code.INVALID, "'" + id + "' is a permission: allow it, once or always, or reject it");
    }
    if (reply instanceof Reply.Answer answer) {
      return answer(place, answer.answers());
    }
    if (reply instanceof Reply.Reject reject) {
      List<String> words = List.of(Objects.requireNonNullElse(reject.message(), UNANSWERED));
      int questions = Math.max(1, place.questions());
      return http.post(
          place.url(http, "reply"), new Wire.QuestionReply(Collections.nCopies(questions, words)));
    }
    return failed(Code.INVALID, "'" + id + "' is a question: answer it or reject it");
  }

  private CompletableFuture<Void> answer(Place place, List<List<String>> answers) {
    int questions = place.questions();
    List<List<String>> fitting = answers;
    if (questions > 1 && answers.size() == 1 && answers.get(0).size() == 1) {
      List<String> lines = answers.get(0).get(0).lines().filter(line -> !line.isBlank()).toList();
      fitting = lines.stream().map(line -> List.of(line.strip())).toList();
    }
    if (questions > 0 && fitting.size() != questions) {
      return failed(
          Code.INVALID,
          "'"
              + place.request().id()
              + "' asks "
              + questions
              + (questions == 1 ? " question" : " questions")
              + " and got "
              + fitting.size()
              + (fitting.size() == 1 ? " answer" : " answers")
              + ": give one for each, in order");
    }
    return http.post(place.url(http, "reply"), new Wire.QuestionReply(fitting));
  }

  private static <T> CompletableFuture<T> failed(Code code, String message) {
    return CompletableFuture.failedFuture(new SessionException(code, message));
  }

  private CompletableFuture<List<Place>> places() {
    List<@Nullable String> searched = new ArrayList<>(directories.all());
    if (searched.isEmpty()) {
      searched.add(null);
    }
    List<CompletableFuture<List<Place>>> calls = new ArrayList<>();
    for (String directory : searched) {
      calls.add(places(directory));
    }
    return Joined.all(calls)
        .thenApply(lists -> lists.stream().flatMap(List::stream).distinct().toList());
  }

  private CompletableFuture<List<Place>> places(@Nullable String directory) {
    return Joined.all(List.of(list(Kind.PERMISSION, directory), list(Kind.QUESTION, directory)))
        .thenApply(lists -> lists.stream().flatMap(List::stream).toList())
        .thenCompose(
            listed ->
                listed.isEmpty()
                    ? CompletableFuture.completedFuture(listed)
                    : statuses
                        .apply(directory)
                        .thenApply(
                            working ->
                                listed.stream()
                                    .filter(p -> working.containsKey(p.request().sessionId()))
                                    .toList()));
  }

  private CompletableFuture<List<Place>> list(Kind kind, @Nullable String directory) {
    HttpUrl url = OpenCodeSessionClient.in(http.url(word(kind)), directory);
    return http.<List<Wire.Request>>get(url, requestsReader)
        .thenApply(
            wire ->
                wire.stream()
                    .map(request -> Place.of(request, directory))
                    .flatMap(Optional::stream)
                    .toList())
        .exceptionally(
            problem -> {
              if (cause(problem) instanceof SessionException e && e.code() == Code.INVALID) {
                log.debug("The server cannot list what waits: {}", e.getMessage());
                return toldOf(kind, directory);
              }
              throw problem instanceof CompletionException wrapped
                  ? wrapped
                  : new CompletionException(problem);
            });
  }

  private List<Place> toldOf(Kind kind, @Nullable String directory) {
    return asked
        .that(
            request ->
                request.kind() == kind
                    && (directory == null
                        || directories.of(request.sessionId()).equals(Optional.of(directory))))
        .stream()
        .map(request -> new Place(request, 0, directory))
        .toList();
  }

  private static @Nullable Throwable cause(Throwable problem) {
    return problem instanceof CompletionException ? problem.getCause() : problem;
  }

  private static String word(Kind kind) {
    return kind == Kind.PERMISSION ? "permission" : "question";
  }

  /**
   * A request and where it waits.
   *
   * @param questions how many questions it asks; 0 if it is none or that is not known
   * @param directory the directory whose list it stands in
   */
  private record Place(PendingRequest request, int questions, @Nullable String directory) {

    static Optional<Place> of(Wire.Request wire, @Nullable String directory) {
      int questions = wire.questions() == null ? 0 : wire.questions().size();
      return FromWire.request(wire).map(request -> new Place(request, questions, directory));
    }

    HttpUrl url(HttpCalls http, String action) {
      return OpenCodeSessionClient.in(
          http.url(word(request.kind()), request.id(), action), directory);
    }
  }
}
