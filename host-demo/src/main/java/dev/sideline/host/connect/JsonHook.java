package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * Our hook among those of others: {@code {"hooks": {EVENT: [{"hooks": [HOOK, ...]}, ...]}}}.
 *
 * @param event at which it is run
 * @param hook what it must be
 * @param ours whether a hook that is there was written by us
 */
record JsonHook(String event, ObjectNode hook, Predicate<JsonNode> ours) implements JsonPart {

  private static final String HOOKS = "hooks";

  @Override
  public JsoncText putInto(JsoncText config) throws RefusedException {
    JsonPart.requireRoom(config.tree(), groups().appendProperty("-"));
    List<JsonPointer> there = oursIn(config);
    if (there.isEmpty()) {
      ObjectNode group = JsonNodeFactory.instance.objectNode();
      group.putArray(HOOKS).add(hook);
      return config.with(groups().appendProperty("-"), group);
    }
    JsoncText once = config;
    for (JsonPointer more : reversed(there.subList(1, there.size()))) {
      once = withoutHook(once, more);
    }
    JsonPointer place = there.get(0);
    return once.at(place).equals(hook) ? once : once.with(place, hook);
  }

  @Override
  public JsoncText takenFrom(JsoncText config, JsonNode before) throws RefusedException {
    JsonPart.requireRoom(config.tree(), groups().appendProperty("-"));
    JsoncText rest = config;
    for (JsonPointer place : reversed(oursIn(config))) {
      rest = withoutHook(rest, place);
    }
    return rest == config ? config : JsonPart.pruned(rest, groups(), before);
  }

  @Override
  public boolean isCertainlyIn(JsoncText config) {
    return !oursIn(config).isEmpty();
  }

  @Override
  public JsonNode byHand() {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.putObject(HOOKS).putArray(event).addObject().putArray(HOOKS).add(hook);
    return whole;
  }

  private JsonPointer groups() {
    return JsonPointer.empty().appendProperty(HOOKS).appendProperty(event);
  }

  /** A group that has no other hook goes with it. */
  private static JsoncText withoutHook(JsoncText config, JsonPointer place) {
    boolean alone = config.at(place.head()).size() == 1;
    return config.without(alone ? place.head().head() : place);
  }

  private List<JsonPointer> oursIn(JsoncText config) {
    List<JsonPointer> found = new ArrayList<>();
    JsonNode all = config.at(groups());
    for (int group = 0; group < all.size(); group++) {
      JsonNode hooks = all.path(group).path(HOOKS);
      for (int i = 0; hooks.isArray() && i < hooks.size(); i++) {
        if (ours.test(hooks.path(i))) {
          found.add(groups().appendIndex(group).appendProperty(HOOKS).appendIndex(i));
        }
      }
    }
    return found;
  }

  private static List<JsonPointer> reversed(List<JsonPointer> places) {
    List<JsonPointer> reversed = new ArrayList<>(places);
    Collections.reverse(reversed);
    return reversed;
  }
}
