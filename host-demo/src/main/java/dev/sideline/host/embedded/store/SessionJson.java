package dev.sideline.host.embedded.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Session;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The columns that are JSON. What is null is left out, and what is not known is passed over, so
 * that an older version can read what a newer has written.
 */
final class SessionJson {

  /** What never changes of a session, but for what has a column of its own. */
  private record About(String title, @Nullable String directory, Map<String, String> metadata) {}

  /** What changes of it, likewise. */
  private record State(
      @Nullable String agent, @Nullable ModelRef model, @Nullable String variant) {}

  private record Text(
      String id,
      Message.Role role,
      String createdAt,
      @Nullable String completedAt,
      @Nullable String agent,
      @Nullable ModelRef model,
      String text,
      @Nullable List<ToolUse> toolUses,
      @Nullable String structured,
      @Nullable String finish,
      @Nullable Failure failure,
      @Nullable Usage usage) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            // What was written is read, however long it is.
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
  }

  /** The SQLSTATE of what was read and cannot be understood. */
  private static final String UNREADABLE = "22032";

  private SessionJson() {}

  /** Whether it is that what was read cannot be understood. */
  static boolean isUnreadable(SQLException e) {
    return UNREADABLE.equals(e.getSQLState());
  }

  static String about(Session session) throws SQLException {
    return write(new About(session.title(), session.directory(), session.metadata()));
  }

  static Session session(String id, @Nullable String parent, String about) throws SQLException {
    About read = read(about, About.class);
    try {
      return new Session(id, parent, read.title(), read.directory(), read.metadata());
    } catch (NullPointerException e) {
      throw new SQLException("something of it is missing: " + e.getMessage(), UNREADABLE, e);
    }
  }

  static String state(SessionState state) throws SQLException {
    return write(new State(state.agent(), state.model(), state.variant()));
  }

  static SessionState state(long usedMillis, long size, String state) throws SQLException {
    State read = read(state, State.class);
    return new SessionState(usedMillis, size, read.agent(), read.model(), read.variant());
  }

  static String words(List<String> words) throws SQLException {
    return write(words);
  }

  static List<String> words(String json) throws SQLException {
    return List.of(read(json, String[].class));
  }

  static String message(Message message) throws SQLException {
    Instant completedAt = message.completedAt();
    return write(
        new Text(
            message.id(),
            message.role(),
            message.createdAt().toString(),
            completedAt == null ? null : completedAt.toString(),
            message.agent(),
            message.model(),
            message.text(),
            message.toolUses().isEmpty() ? null : message.toolUses(),
            message.structured(),
            message.finish(),
            message.failure(),
            message.usage().equals(Usage.NONE) ? null : message.usage()));
  }

  static Message message(String json) throws SQLException {
    Text read = read(json, Text.class);
    try {
      return message(read);
    } catch (NullPointerException | DateTimeParseException e) {
      throw new SQLException("something of it is missing: " + e.getMessage(), UNREADABLE, e);
    }
  }

  private static Message message(Text read) {
    return new Message(
        read.id(),
        read.role(),
        Instant.parse(read.createdAt()),
        read.completedAt() == null ? null : Instant.parse(read.completedAt()),
        read.agent(),
        read.model(),
        read.text(),
        Objects.requireNonNullElse(read.toolUses(), List.of()),
        read.structured(),
        read.finish(),
        read.failure(),
        Objects.requireNonNullElse(read.usage(), Usage.NONE));
  }

  private static String write(Object value) throws SQLException {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new SQLException("what is to be recorded has no form as JSON", "22000", e);
    }
  }

  private static <T> T read(String json, Class<T> type) throws SQLException {
    try {
      T value = JSON.readValue(json, type);
      if (value == null) {
        throw new SQLException("there is nothing", UNREADABLE);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new SQLException("it is not sound: " + e.getOriginalMessage(), UNREADABLE, e);
    }
  }
}
