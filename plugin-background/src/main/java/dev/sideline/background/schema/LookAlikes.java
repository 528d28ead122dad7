package dev.sideline.background.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds lists of many different values with the same hash code. There are none by chance; with
 * them, to see whether the values of a list are unique takes as many comparisons as the square of
 * its length, and for the validator that is one step.
 */
final class LookAlikes {

  /** So many different values of one hash code are taken. */
  private static final int MAX_ALIKE = 50;

  private final StepBudget effort;

  private LookAlikes(StepBudget effort) {
    this.effort = effort;
  }

  /**
   * Looks through a value and all that it holds.
   *
   * @throws TooMuchEffort if there is such a list in it
   */
  static void refuseIn(JsonNode value, StepBudget effort) {
    new LookAlikes(effort).hash(value);
  }

  /** The hash code, made of those of the parts so that each is made once. */
  private int hash(JsonNode value) {
    if (value.isArray()) {
      return ofList(value);
    }
    int hash = 0;
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      hash += member.getKey().hashCode() ^ hash(member.getValue());
    }
    return value.isContainerNode() ? hash : value.hashCode();
  }

  private int ofList(JsonNode list) {
    int hash = 1;
    Map<Integer, List<JsonNode>> different = list.size() > MAX_ALIKE ? new HashMap<>() : null;
    for (JsonNode element : list) {
      int ofElement = hash(element);
      hash = 31 * hash + ofElement;
      if (different != null) {
        note(element, different.computeIfAbsent(ofElement, alike -> new ArrayList<>(1)));
      }
    }
    return hash;
  }

  private void note(JsonNode element, List<JsonNode> alike) {
    effort.spend(alike.size());
    if (!alike.contains(element)) {
      alike.add(element);
      if (alike.size() > MAX_ALIKE) {
        throw new TooMuchEffort();
      }
    }
  }
}
