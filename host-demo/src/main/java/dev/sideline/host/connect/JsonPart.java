package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;

/** Something that a JSON configuration has to hold for us. */
interface JsonPart {

  /**
   * The configuration with it.
   *
   * @throws RefusedException if something of somebody else's is in the way
   */
  JsoncText putInto(JsoncText config) throws RefusedException;

  /**
   * The configuration without it, and without what would be empty now and was not there before.
   *
   * @param before what the configuration was before; a missing node if that is not known
   * @throws RefusedException if something of somebody else's has its place
   */
  JsoncText takenFrom(JsoncText config, JsonNode before) throws RefusedException;

  /** Whether it is there and nobody else can have written it. */
  boolean isCertainlyIn(JsoncText config);

  /** What a person would have to add, as JSON. */
  JsonNode byHand();

  /** Makes sure that whatever is on the way to a place can hold something. */
  static void requireRoom(JsonNode root, JsonPointer place) throws RefusedException {
    JsonNode holder = root;
    for (JsonPointer rest = place; !rest.matches() && !holder.isMissingNode(); rest = rest.tail()) {
      boolean array = rest.getMatchingProperty().equals("-");
      if (array ? !holder.isArray() : !holder.isObject()) {
        String name = nameOf(place, rest);
        throw new RefusedException(
            "\"" + name + "\" must be " + (array ? "a list" : "an object") + " and is not");
      }
      holder = holder.path(rest.getMatchingProperty());
    }
  }

  private static String nameOf(JsonPointer place, JsonPointer rest) {
    String whole = place.toString();
    String way = whole.substring(0, whole.length() - rest.toString().length());
    return way.isEmpty() ? "the whole" : way.substring(1).replace('/', '.');
  }

  /** A configuration without a place that is empty and was not there before, and what it was in. */
  static JsoncText pruned(JsoncText config, JsonPointer place, JsonNode before) {
    JsoncText pruned = config;
    for (JsonPointer at = place; !at.matches(); at = at.head()) {
      JsonNode there = pruned.at(at);
      if (!there.isContainerNode() || !there.isEmpty() || !before.at(at).isMissingNode()) {
        break;
      }
      pruned = pruned.without(at);
    }
    return pruned;
  }
}
