package dev.sideline.host.opencode;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of messages in the server's own form: {@code msg_}, twelve hexadecimal digits of the time
 * (milliseconds times 4096, plus a counter, the lowest 48 bits), fourteen random letters and
 * digits.
 *
 * <p>The server orders messages by id, and takes a message for answered when an assistant's message
 * has a greater one. So ids must ascend, and must be of the <em>server's</em> time: {@link
 * #serverTime} corrects a clock that differs from ours.
 *
 * <p>Safe for use from any thread.
 */
final class MessageIds {

  private static final String PREFIX = "msg_";
  private static final int TICK_BITS = 12;
  private static final long MASK = (1L << 48) - 1;
  private static final int RANDOM_LENGTH = 14;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** The server's time is known to the second; a smaller difference is taken for none. */
  private static final long SKEW_TOLERANCE_MILLIS = 2_000;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong last = new AtomicLong();
  private volatile long skewMillis;

  MessageIds(Clock clock) {
    this.clock = clock;
  }

  /** A new id, greater than all before. */
  String next() {
    long now = (clock.millis() + skewMillis) << TICK_BITS;
    long ticks = last.updateAndGet(before -> Math.max(before + 1, now));
    StringBuilder id = new StringBuilder(PREFIX.length() + 12 + RANDOM_LENGTH);
    id.append(PREFIX);
    String hex = Long.toHexString(ticks & MASK);
    id.append("0".repeat(12 - hex.length())).append(hex);
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /**
   * The id of the part of a message: derived, so that a prompt that is sent again has the same part
   * and not one more.
   */
  static String partId(String messageId) {
    return messageId.startsWith(PREFIX)
        ? "prt_" + messageId.substring(PREFIX.length())
        : "prt_" + messageId;
  }

  /**
   * Takes note of the server's clock.
   *
   * @param epochMillis the server's time, read at this moment, with the accuracy of a second
   */
  void serverTime(long epochMillis) {
    long skew = epochMillis - clock.millis();
    skewMillis = Math.abs(skew) <= SKEW_TOLERANCE_MILLIS ? 0 : skew;
  }
}
