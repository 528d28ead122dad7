package dev.sideline.background.task;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Amounts of US dollars. Hosts report them as binary fractions, and the sum of many is a hair off:
 * they are compared and shown to a millionth.
 */
public final class Dollars {

  private static final int DIGITS = 6;

  private Dollars() {}

  /** An amount to a millionth, without zeros at its end. */
  public static BigDecimal of(double amount) {
    BigDecimal exact =
        BigDecimal.valueOf(amount).setScale(DIGITS, RoundingMode.HALF_UP).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  /** An amount as it is shown, such as {@code $0.25}. */
  public static String text(double amount) {
    return "$" + of(amount).toPlainString();
  }

  /** Whether the one is more than the other by a millionth at least. */
  public static boolean exceeds(double amount, double other) {
    // Most are not, and need not be made exact for that.
    return amount > other && of(amount).compareTo(of(other)) > 0;
  }
}
