package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.host.Barrier;
import dev.sideline.host.EventSink;
import dev.sideline.host.text.Characters;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the server's events into {@link SessionEvent}s, in two steps. The first walks over the JSON
 * as far as the type and the session, which stand near its beginning, and makes nothing but those
 * strings; most events end there, because nobody follows their session. Only then is an event
 * decoded, and of large parts (texts, outputs of tools) nothing is kept.
 *
 * <p>Knows both shapes: {@code {"id","type","properties"}} of {@code /event}, and {@code
 * {"directory","payload"}} around it of {@code /global/event}.
 *
 * <p>For one thread at a time.
 */
final class EventDecoder {

  /** What the decoder notices besides the events of sessions. */
  interface Listener {

    /** The server has greeted: what happens from now on arrives. */
    void connected();

    /** The server has made this id just now, which holds its time. */
    void serverTime(String eventId);

    /** A session works in a directory. */
    void directory(String sessionId, String directory);

    /** A listener that does nothing. */
    Listener NONE =
        new Listener() {
          @Override
          public void connected() {}

          @Override
          public void serverTime(String eventId) {}

          @Override
          public void directory(String sessionId, String directory) {}
        };
  }

  private static final Logger log = LoggerFactory.getLogger(EventDecoder.class);
  private static final int MAX_LOGGED_CHARS = 200;
  private static final long MAX_EVENT_BYTES = 64L << 20;

  private final EventSink sink;
  private final Listener listener;
  private final JsonFactory json;
  private final ObjectReader anyReader;
  private final Map<String, Kind<?>> kinds;
  private final Head head = new Head();
  private long malformed;

  EventDecoder(EventSink sink) {
    this(sink, Listener.NONE);
  }

  EventDecoder(EventSink sink, Listener listener) {
    this.sink = sink;
    this.listener = listener;
    JsonMapper mapper = Wire.mapper(MAX_EVENT_BYTES);
    this.json = mapper.getFactory();
    this.anyReader = mapper.readerFor(new TypeReference<Wire.Event<Wire.RequestGone>>() {});
    this.kinds = kinds(mapper);
  }

  /**
   * Takes the data of one event. Never throws: what cannot be read is counted and skipped.
   *
   * @param data a JSON object
   */
  void accept(String data) {
    try {
      head.clear();
      try (JsonParser parser = json.createParser(data)) {
        head.read(parser);
      }
      route(data);
    } catch (Exception e) {
      skip(data, e);
    } catch (Throwable e) {
      // Fault barrier: whatever one event has met, the next one is decoded. What it told is lost.
      malformed++;
      Barrier.report("Taking an event", e);
      Barrier.run("Telling of a lost event", sink::eventsLost);
    }
  }

  /** How many events could not be read. */
  long malformed() {
    return malformed;
  }

  private void route(String data) throws IOException {
    String type = head.type;
    if (type == null) {
      throw new IOException("an event without a type");
    }
    if (type.startsWith("server.")) {
      ofTheServer(type, data);
      return;
    }
    String sessionId = head.sessionId();
    if (sessionId == null || type.equals("sync")) {
      return;
    }
    boolean created = type.equals("session.created");
    boolean observed = !created && sink.observes(sessionId);
    if (!observed && !created && !type.equals("session.deleted")) {
      return;
    }
    if (head.directory != null && observed) {
      listener.directory(sessionId, head.directory);
    }
    Kind<?> kind = kinds.get(type);
    SessionEvent event =
        kind == null
            ? new SessionEvent.Other(sessionId, type)
            : kind.decode(data, sessionId).orElseGet(() -> new SessionEvent.Other(sessionId, type));
    if (event instanceof SessionEvent.Created birth && birth.session().directory() != null) {
      listener.directory(sessionId, birth.session().directory());
    }
    sink.acceptObserved(event);
  }

  /** A greeting or a heartbeat. */
  private void ofTheServer(String type, String data) throws IOException {
    Wire.Event<?> event = anyReader.readValue(data);
    String id = event.payload() == null ? event.id() : event.payload().id();
    if (id != null) {
      listener.serverTime(id);
    }
    if (type.equals("server.connected")) {
      listener.connected();
    }
  }

  private void skip(String data, Exception e) {
    malformed++;
    String start = Characters.start(data, MAX_LOGGED_CHARS);
    if (malformed == 1) {
      log.warn(
          "Skipped an event that could not be read; further ones are only counted: {}", start, e);
    } else {
      log.debug("Skipped event number {} that could not be read: {}", malformed, start, e);
    }
  }

  private static Map<String, Kind<?>> kinds(JsonMapper mapper) {
    return Map.ofEntries(
        Map.entry(
            "session.created",
            new Kind<>(
                mapper,
                Wire.SessionChange.class,
                (id, change) -> FromWire.session(change.info()).map(SessionEvent.Created::new))),
        Map.entry(
            "session.updated",
            new Kind<>(
                mapper,
                Wire.SessionChange.class,
                (id, change) -> FromWire.session(change.info()).map(SessionEvent.Updated::new))),
        Map.entry(
            "session.deleted",
            new Kind<>(
                mapper,
                Wire.SessionChange.class,
                (id, change) -> Optional.of(new SessionEvent.Deleted(id)))),
        Map.entry(
            "session.status",
            new Kind<>(mapper, Wire.StatusChange.class, EventDecoder::statusChanged)),
        Map.entry(
            "session.idle",
            new Kind<>(
                mapper,
                Wire.RequestGone.class,
                (id, gone) -> Optional.of(new SessionEvent.Idle(id)))),
        Map.entry(
            "session.error",
            new Kind<>(
                mapper,
                Wire.ErrorChange.class,
                (id, change) ->
                    Optional.of(new SessionEvent.Failed(id, FromWire.failure(change.error()))))),
        Map.entry(
            "message.updated",
            new Kind<>(
                mapper,
                Wire.MessageChange.class,
                (id, change) ->
                    FromWire.message(change.info(), "", List.of())
                        .map(message -> new SessionEvent.MessageUpdated(id, message)))),
        Map.entry(
            "message.part.updated",
            new Kind<>(mapper, Wire.PartChange.class, EventDecoder::partUpdated)),
        Map.entry("permission.asked", new Kind<>(mapper, Wire.Request.class, EventDecoder::asked)),
        Map.entry("question.asked", new Kind<>(mapper, Wire.Request.class, EventDecoder::asked)),
        Map.entry(
            "permission.replied",
            new Kind<>(mapper, Wire.RequestGone.class, EventDecoder::answered)),
        Map.entry(
            "question.replied", new Kind<>(mapper, Wire.RequestGone.class, EventDecoder::answered)),
        Map.entry(
            "question.rejected",
            new Kind<>(mapper, Wire.RequestGone.class, EventDecoder::answered)));
  }

  private static Optional<SessionEvent> statusChanged(String id, Wire.StatusChange change) {
    SessionStatus status =
        change.status() == null ? SessionStatus.BUSY : FromWire.status(change.status());
    return Optional.of(new SessionEvent.StatusChanged(id, status));
  }

  private static Optional<SessionEvent> partUpdated(String id, Wire.PartChange change) {
    Wire.PartBrief part = change.part();
    if (part == null || part.messageID() == null) {
      return Optional.empty();
    }
    ToolUse use = FromWire.toolUse(part).orElse(null);
    return Optional.of(new SessionEvent.PartUpdated(id, part.messageID(), use));
  }

  private static Optional<SessionEvent> asked(String id, Wire.Request request) {
    return FromWire.request(request).map(SessionEvent.RequestAsked::new);
  }

  private static Optional<SessionEvent> answered(String id, Wire.RequestGone gone) {
    return Optional.ofNullable(gone.requestID())
        .map(requestId -> new SessionEvent.RequestAnswered(id, requestId));
  }

  /** How the events of one type are decoded. */
  private static final class Kind<P> {

    private final ObjectReader reader;
    private final BiFunction<String, P, Optional<? extends SessionEvent>> event;

    Kind(
        JsonMapper mapper,
        Class<P> properties,
        BiFunction<String, P, Optional<? extends SessionEvent>> event) {
      JavaType type = mapper.getTypeFactory().constructParametricType(Wire.Event.class, properties);
      this.reader = mapper.readerFor(type);
      this.event = event;
    }

    Optional<SessionEvent> decode(String data, String sessionId) throws IOException {
      Wire.Event<P> wire = reader.readValue(data);
      P content = wire.content();
      return content == null
          ? Optional.empty()
          : event.apply(sessionId, content).map(SessionEvent.class::cast);
    }
  }

  /**
   * The beginning of an event: read until type and session are known, or to the end if they are not
   * there. Reused, so that an event nobody wants costs the two strings and no more.
   */
  private static final class Head {

    @Nullable String type;
    @Nullable String directory;
    private @Nullable String ownSession;
    private @Nullable String innerSession;
    private @Nullable String infoId;

    void clear() {
      type = null;
      directory = null;
      ownSession = null;
      innerSession = null;
      infoId = null;
    }

    /** Where newer servers write it, else where older ones do. */
    @Nullable String sessionId() {
      if (ownSession != null) {
        return ownSession;
      }
      if (innerSession != null) {
        return innerSession;
      }
      return type != null && type.startsWith("session.") ? infoId : null;
    }

    void read(JsonParser parser) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("an event that is not a JSON object");
      }
      readEvent(parser);
    }

    private boolean complete() {
      return type != null && ownSession != null;
    }

    /** Returns early, in the middle of the object, when everything is known. */
    private void readEvent(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        switch (name) {
          case "type" -> type = text(parser, value);
          case "directory" -> directory = text(parser, value);
          case "payload" -> readObject(parser, value, Level.EVENT);
          case "properties" -> readObject(parser, value, Level.PROPERTIES);
          default -> parser.skipChildren();
        }
        if (complete() || "sync".equals(type)) {
          return;
        }
      }
    }

    private void readObject(JsonParser parser, JsonToken value, Level level) throws IOException {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      switch (level) {
        case EVENT -> readEvent(parser);
        case PROPERTIES -> readProperties(parser);
        case INNER -> readInner(parser);
      }
    }

    private void readProperties(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        switch (name) {
          case "sessionID" -> ownSession = text(parser, value);
          case "info", "part" -> readObject(parser, value, Level.INNER);
          default -> parser.skipChildren();
        }
        if (complete()) {
          return;
        }
      }
    }

    private void readInner(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        switch (name) {
          case "sessionID" -> innerSession = text(parser, value);
          case "id" -> infoId = text(parser, value);
          default -> parser.skipChildren();
        }
      }
    }

    private static @Nullable String text(JsonParser parser, JsonToken value) throws IOException {
      if (value == JsonToken.VALUE_STRING) {
        return parser.getText();
      }
      parser.skipChildren();
      return null;
    }

    private enum Level {
      EVENT,
      PROPERTIES,
      INNER
    }
  }
}
