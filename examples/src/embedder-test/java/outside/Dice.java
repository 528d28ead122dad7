package outside;

import java.util.Random;

/** Chance, with a seed. Safe for use from any thread. */
final class Dice {

  private final Random random;

  Dice(long seed) {
    random = new Random(seed);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
