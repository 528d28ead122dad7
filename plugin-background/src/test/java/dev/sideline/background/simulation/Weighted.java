package dev.sideline.background.simulation;

import java.util.ArrayList;
import java.util.List;

/** Things of which some happen more often than others. */
final class Weighted<T> {

  private record Item<T>(double upTo, T thing) {}

  private final List<Item<T>> items = new ArrayList<>();
  private double sum;

  /** Adds a thing; one without weight never happens. */
  Weighted<T> add(double weight, T thing) {
    sum += weight;
    items.add(new Item<>(sum, thing));
    return this;
  }

  double sum() {
    return sum;
  }

  /** The thing at a point between 0 and the sum of all weights. */
  T at(double point) {
    for (Item<T> item : items) {
      if (point < item.upTo()) {
        return item.thing();
      }
    }
    return items.get(items.size() - 1).thing();
  }
}
