package dev.sideline.background.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Reply;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns that are JSON. Their fields are named as the components of the records that they are
 * of; one that is renamed there needs a migration here, and a test tells. What is null is left out,
 * and what is not known is passed over, so that an older version can read what a newer has written.
 */
final class RowJson {

  /** What never changes of a task. */
  record Launch(
      List<String> ancestors, TaskSpec spec, LaunchOptions options, Provenance provenance) {}

  /** What changes of a task, but for what has a column of its own. */
  record State(
      int activation,
      @Nullable String promptId,
      @Nullable ModelRef model,
      long startedMillis,
      Progress progress,
      Handling handling) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addMixIn(TaskId.class, AsText.class)
          .addMixIn(Reply.class, WithKind.class)
          .build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            // What was written is read, however long it is.
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
  }

  /** An id is a text and not an object. */
  private interface AsText {

    @JsonValue
    String value();

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static TaskId of(String value) {
      return new TaskId(value);
    }
  }

  /** An answer says what kind of answer it is. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Reply.Allow.class, name = "allow"),
    @JsonSubTypes.Type(value = Reply.AllowAlways.class, name = "allow_always"),
    @JsonSubTypes.Type(value = Reply.Reject.class, name = "reject"),
    @JsonSubTypes.Type(value = Reply.Answer.class, name = "answer"),
  })
  private interface WithKind {}

  private RowJson() {}

  static String write(Object value) {
    try {
      return encodable(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
    }
  }

  static <T> T read(String json, Class<T> type) throws JsonProcessingException {
    return JSON.readValue(json, type);
  }

  /** Half a surrogate pair, which agents do write, has no form in UTF-8. */
  private static String encodable(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.isHighSurrogate(text.charAt(i))
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          mended = mended == null ? new StringBuilder(text) : mended;
          mended.setCharAt(i, '\uFFFD');
        }
      }
    }
    return mended == null ? text : mended.toString();
  }
}
