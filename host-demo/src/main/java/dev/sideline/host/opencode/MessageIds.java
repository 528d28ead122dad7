package dev.sideline.host.opencode;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of messages in the server's own form: {@code msg_}, twelve hexadecimal digits of the time
 * (milliseconds times 4096, plus a counter, the lowest 48 bits), fourteen random letters and
 * digits.
 *
 * <p>The server orders messages by id, and takes a message for answered when an assistant's message
 * has a greater one. So ids must ascend, and must be of the <em>server's</em> time: {@link
 * #serverTime} corrects for a clock that differs from ours, once the event stream is open.
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

  private static final Pattern SERVER_ID = Pattern.compile("[a-z]+_([0-9a-f]{12})[0-9A-Za-z]*");
  private static final int MILLIS_BITS = 48 - TICK_BITS;
  private static final int MAX_SEEN_SKEWS = 8;
  private static final long LATENESS_MILLIS = 10_000;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong last = new AtomicLong();

  // How far the server's clock seemed to be ahead of ours, newest last.
  private final Deque<Long> seenSkews = new ArrayDeque<>();
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
   * Takes note of the server's clock, from the id of an event that has just arrived. Events arrive
   * late but never early, so the one that was least late tells most. What is not more than lateness
   * can explain is taken for none: both are mostly the same machine.
   *
   * <p>(The date in the header of an answer would not do: the server renews it when it has time.)
   *
   * @param eventId an id of the server's own, such as {@code evt_…}; others are ignored
   */
  synchronized void serverTime(String eventId) {
    Matcher id = SERVER_ID.matcher(eventId);
    if (!id.matches()) {
      return;
    }
    long millis = Long.parseLong(id.group(1), 16) >> TICK_BITS;
    long ahead =
        (millis - clock.millis()) << (Long.SIZE - MILLIS_BITS) >> (Long.SIZE - MILLIS_BITS);
    seenSkews.addLast(ahead);
    if (seenSkews.size() > MAX_SEEN_SKEWS) {
      seenSkews.removeFirst();
    }
    long most = seenSkews.stream().mapToLong(Long::longValue).max().orElse(0);
    skewMillis = most <= 0 && most >= -LATENESS_MILLIS ? 0 : most;
  }
}
