package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Permissions and questions. The server keeps the two apart, and each by directory, and takes a
 * reply only in the right place; the place is looked for in its lists at every reply, because those
 * also tell whether the request still waits.
 */
final class PendingRequests {

  private static final String PERMISSION = "permission";
  private static final String QUESTION = "question";

  private final HttpCalls http;
  private final Directories directories;
  private final ObjectReader requestsReader;

  PendingRequests(HttpCalls http, JsonMapper mapper, Directories directories) {
    this.http = http;
    this.directories = directories;
    this.requestsReader = mapper.readerFor(new TypeReference<List<Wire.Request>>() {});
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
                  : CompletableFuture.failedFuture(
                      new SessionException(
                          Code.NOT_FOUND,
                          "no permission or question '" + requestId + "' waits (any more)"));
            });
  }

  private CompletableFuture<Void> reply(Place place, Reply reply) {
    String id = place.request().id();
    if (place.request().kind() == PendingRequest.Kind.PERMISSION) {
      if (reply instanceof Reply.Allow) {
        return http.post(
            place.url(http, PERMISSION, "reply"), new Wire.PermissionReply("once", null));
      }
      if (reply instanceof Reply.AllowAlways) {
        return http.post(
            place.url(http, PERMISSION, "reply"), new Wire.PermissionReply("always", null));
      }
      if (reply instanceof Reply.Reject reject) {
        return http.post(
            place.url(http, PERMISSION, "reply"),
            new Wire.PermissionReply("reject", reject.message()));
      }
      return misfit("'" + id + "' is a permission: allow it, once or always, or reject it");
    }
    if (reply instanceof Reply.Answer answer) {
      return http.post(
          place.url(http, QUESTION, "reply"), new Wire.QuestionReply(answer.answers()));
    }
    if (reply instanceof Reply.Reject) {
      return http.post(place.url(http, QUESTION, "reject"), Map.of());
    }
    return misfit("'" + id + "' is a question: answer it or reject it");
  }

  private static CompletableFuture<Void> misfit(String message) {
    return CompletableFuture.failedFuture(new SessionException(Code.INVALID, message));
  }

  private CompletableFuture<List<Place>> places() {
    List<@Nullable String> searched = new ArrayList<>(directories.all());
    if (searched.isEmpty()) {
      searched.add(null);
    }
    List<CompletableFuture<List<Place>>> calls = new ArrayList<>();
    for (String directory : searched) {
      calls.add(list(PERMISSION, directory));
      calls.add(list(QUESTION, directory));
    }
    return Joined.all(calls)
        .thenApply(lists -> lists.stream().flatMap(List::stream).distinct().toList());
  }

  private CompletableFuture<List<Place>> list(String kind, @Nullable String directory) {
    HttpUrl url = OpenCodeSessionClient.in(http.url(kind), directory);
    return http.<List<Wire.Request>>get(url, requestsReader)
        .thenApply(
            wire ->
                wire.stream()
                    .map(FromWire::request)
                    .flatMap(Optional::stream)
                    .map(request -> new Place(request, directory))
                    .toList());
  }

  /** A request and the directory whose list it stands in. */
  private record Place(PendingRequest request, @Nullable String directory) {

    HttpUrl url(HttpCalls http, String kind, String action) {
      return OpenCodeSessionClient.in(http.url(kind, request.id(), action), directory);
    }
  }
}
