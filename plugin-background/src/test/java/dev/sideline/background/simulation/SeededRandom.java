package dev.sideline.background.simulation;

import java.util.List;
import java.util.Random;

/** Everything that is random in a simulation, from one seed. */
final class SeededRandom {

  private final Random random;

  SeededRandom(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** Whether something happens that happens so often, of 1. */
  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** A number from the first to the last, both included. */
  int between(int first, int last) {
    return first + random.nextInt(last - first + 1);
  }

  /** A time that is mostly short and sometimes as long as it may be. */
  long delay(int maxMillis) {
    return chance(0.1) ? between(0, maxMillis) : between(0, Math.max(1, maxMillis / 10));
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** One of the newest of a list. */
  <T> T pickNewest(List<T> list, int newest) {
    return list.get(between(Math.max(0, list.size() - newest), list.size() - 1));
  }

  /** One of some things, each as often as its weight says. */
  <T> T pick(Weighted<T> things) {
    return things.at(random.nextDouble() * things.sum());
  }
}
