package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * A word in a list of a configuration.
 *
 * @param list where the list is
 * @param word what has to be in it
 */
record JsonListed(JsonPointer list, String word) implements JsonPart {

  @Override
  public JsoncText putInto(JsoncText config) throws RefusedException {
    JsonPart.requireRoom(config.tree(), end());
    return index(config.at(list)) < 0
        ? config.with(end(), JsonNodeFactory.instance.textNode(word))
        : config;
  }

  @Override
  public JsoncText takenFrom(JsoncText config, JsonNode before) throws RefusedException {
    JsonPart.requireRoom(config.tree(), end());
    int index = index(config.at(list));
    if (index < 0 || index(before.at(list)) >= 0) {
      return config;
    }
    return JsonPart.pruned(config.without(list.appendIndex(index)), list, before);
  }

  /** Anybody may have put it there. */
  @Override
  public boolean isCertainlyIn(JsoncText config) {
    return false;
  }

  @Override
  public JsonNode byHand() {
    JsonNode whole = JsonNodeFactory.instance.arrayNode().add(word);
    for (JsonPointer at = list; !at.matches(); at = at.head()) {
      whole = JsonNodeFactory.instance.objectNode().set(at.last().getMatchingProperty(), whole);
    }
    return whole;
  }

  private JsonPointer end() {
    return list.appendProperty("-");
  }

  private int index(JsonNode there) {
    for (int i = 0; i < there.size(); i++) {
      if (there.path(i).isTextual() && there.path(i).textValue().equals(word)) {
        return i;
      }
    }
    return -1;
  }
}
