package dev.sideline.background.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sideline.background.character.Characters;
import org.jspecify.annotations.Nullable;

/**
 * JSON under limits, for what models write.
 *
 * <p>The recycler pool is this mapper's own: the default one hangs on the caller's threads, and
 * would keep the plugin's classes from being collected.
 */
final class Json {

  private static final int MAX_DEPTH = 32;
  private static final long MAX_TOKENS = 20_000;

  private static final ObjectWriter WRITER =
      JsonMapper.builder(ownBuffers().build()).build().writer();

  private final int maxStringChars;
  private final JsonMapper mapper;

  /**
   * @param maxStringChars the longest string; the whole may be a little longer
   */
  Json(int maxStringChars) {
    this.maxStringChars = maxStringChars;
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(maxStringChars)
            .maxDocumentLength(2L * maxStringChars + 100_000)
            .maxTokenCount(MAX_TOKENS)
            .maxNameLength(200)
            .maxNumberLength(40)
            .build();
    JsonFactory factory =
        ownBuffers()
            .streamReadConstraints(limits)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    this.mapper =
        JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  }

  /** Reads an object. */
  ObjectNode object(String text) {
    JsonNode node;
    try {
      node = mapper.readTree(text);
    } catch (StreamConstraintsException e) {
      throw new BadArgument(
          "The arguments are more than is taken: texts of up to "
              + maxStringChars
              + " characters, nested up to "
              + MAX_DEPTH
              + " deep, "
              + MAX_TOKENS
              + " parts in all.");
    } catch (JsonProcessingException e) {
      throw new BadArgument("The arguments are not valid JSON" + where(e.getLocation()) + ".");
    }
    if (node instanceof ObjectNode object) {
      return mayHaveHalves(text) ? wholeObject(object) : object;
    }
    throw new BadArgument("The arguments must be a JSON object, such as {\"task_id\": \"bg_…\"}.");
  }

  /** Whether there may be half a character in a text or a name, in JSON as it is written. */
  private static boolean mayHaveHalves(String text) {
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (Character.isSurrogate(unit)
          || (unit == '\\' && text.regionMatches(true, at + 1, "ud", 0, 2))) {
        return true;
      }
    }
    return false;
  }

  /** A model that is cut off in an emoji writes half of it, which must not get any further. */
  private JsonNode whole(JsonNode node) {
    if (node.isTextual()) {
      return mapper.getNodeFactory().textNode(Characters.whole(node.textValue()));
    }
    if (node instanceof ArrayNode array) {
      ArrayNode whole = mapper.createArrayNode();
      array.forEach(element -> whole.add(whole(element)));
      return whole;
    }
    return node instanceof ObjectNode object ? wholeObject(object) : node;
  }

  private ObjectNode wholeObject(ObjectNode object) {
    ObjectNode whole = mapper.createObjectNode();
    object
        .properties()
        .forEach(member -> whole.set(Characters.whole(member.getKey()), whole(member.getValue())));
    return whole;
  }

  /** In the caller's words: what a parser says is made for programmers. */
  private static String where(@Nullable JsonLocation location) {
    return location == null || location.getCharOffset() < 0
        ? ""
        : ": see character " + (location.getCharOffset() + 1);
  }

  /** Reads what is JSON most likely; null if it is not, or is beyond the limits. */
  @Nullable JsonNode tree(String text) {
    try {
      JsonNode node = mapper.readTree(text);
      return node.isMissingNode() ? null : node;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /**
   * A node as text. Not by its {@code toString}, which leaves a buffer in a thread-local of the
   * host's thread, and with it the plugin's classes after the plugin has gone.
   */
  static String text(JsonNode node) {
    try {
      return WRITER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON can always be written", e);
    }
  }

  /** A text between quotation marks, as it stands in JSON. */
  static String quoted(String text) {
    return text(TextNode.valueOf(text));
  }

  /** A factory whose buffers are its own and not those of threads. */
  private static TSFBuilder<?, ?> ownBuffers() {
    return JsonFactory.builder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool());
  }

  ObjectNode newObject() {
    return mapper.createObjectNode();
  }
}
