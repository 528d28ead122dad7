package dev.sideline.background.task;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Random;
import java.util.function.Supplier;

/**
 * Makes task ids from a source of randomness. Confined to one thread.
 *
 * <p>Draws its random bytes in blocks: a system call for each id would cost more than everything
 * else in a launch.
 */
public final class TaskIds implements Supplier<TaskId> {

  private static final byte[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".getBytes(US_ASCII);
  private static final int LETTERS = 26;

  private final Random random;
  private final byte[] block = new byte[LETTERS * 64];
  private int used = block.length;

  /** The last id, whose letters are written over for the next. */
  private final byte[] id = (TaskId.PREFIX + "a".repeat(LETTERS)).getBytes(US_ASCII);

  /**
   * @param random a {@link java.security.SecureRandom}, or a seeded source in a simulation
   */
  public TaskIds(Random random) {
    this.random = random;
  }

  @Override
  public TaskId get() {
    if (used == block.length) {
      random.nextBytes(block);
      used = 0;
    }
    for (int i = TaskId.PREFIX.length(); i < id.length; i++) {
      id[i] = ALPHABET[block[used++] & 31];
    }
    return new TaskId(new String(id, US_ASCII));
  }
}
