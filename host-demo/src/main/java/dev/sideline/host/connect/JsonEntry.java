package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Predicate;

/**
 * The entry of our tool server among those of others.
 *
 * @param place of the entry
 * @param value what it must be
 * @param ours whether an entry that is there was written by us
 */
record JsonEntry(JsonPointer place, ObjectNode value, Predicate<JsonNode> ours)
    implements JsonPart {

  @Override
  public JsoncText putInto(JsoncText config) throws RefusedException {
    refuseForeign(config);
    return config.at(place).equals(value) ? config : config.with(place, value);
  }

  @Override
  public JsoncText takenFrom(JsoncText config, JsonNode before) throws RefusedException {
    refuseForeign(config);
    JsoncText without = config.without(place);
    return without == config ? config : JsonPart.pruned(without, place.head(), before);
  }

  @Override
  public boolean isCertainlyIn(JsoncText config) {
    return ours.test(config.at(place));
  }

  @Override
  public JsonNode byHand() {
    JsonNode whole = value;
    for (JsonPointer at = place; !at.matches(); at = at.head()) {
      whole = JsonNodeFactory.instance.objectNode().set(at.last().getMatchingProperty(), whole);
    }
    return whole;
  }

  private void refuseForeign(JsoncText config) throws RefusedException {
    JsonPart.requireRoom(config.tree(), place);
    JsonNode there = config.at(place);
    if (!there.isMissingNode() && !ours.test(there)) {
      throw new RefusedException(
          "there is already an MCP server named \""
              + place.last().getMatchingProperty()
              + "\" that was not written by 'connect'; rename or remove it first");
    }
  }
}
