package dev.sideline.background.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * JSON under limits, for what models write.
 *
 * <p>The recycler pool is this mapper's own: the default one hangs on the caller's threads, and
 * would keep the plugin's classes from being collected.
 */
final class Json {

  private static final int MAX_DEPTH = 32;
  private static final long MAX_TOKENS = 20_000;

  private final JsonMapper mapper;

  /**
   * @param maxStringChars the longest string; the whole may be a little longer
   */
  Json(int maxStringChars) {
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
        JsonFactory.builder()
            .streamReadConstraints(limits)
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
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
    } catch (JsonProcessingException e) {
      throw new BadArgument("The arguments are not valid JSON: " + e.getOriginalMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new BadArgument("The arguments must be a JSON object, such as {\"task_id\": \"bg_…\"}.");
  }

  ObjectNode newObject() {
    return mapper.createObjectNode();
  }
}
