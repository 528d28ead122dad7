package dev.sideline.background.text;

import dev.sideline.background.task.TaskId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Puts what a child has said between marks that it cannot forge, so that its words are data of a
 * task to whoever reads them and never an instruction of the host.
 *
 * <p>The marks carry a random word that is drawn for each text after the text is known.
 */
public final class Fence {

  private static final int WORD_BYTES = 8;

  private final RandomGenerator random;

  public Fence() {
    this(new SecureRandom());
  }

  /**
   * @param random where the words come from; must not be guessable
   */
  public Fence(RandomGenerator random) {
    this.random = random;
  }

  /** The text of a task, between marks. */
  public String around(TaskId task, String text) {
    String word = wordNotIn(text);
    return "<task-output id=\""
        + task
        + "\" fence=\""
        + word
        + "\">\n"
        + text
        + "\n</task-output fence=\""
        + word
        + "\">";
  }

  private String wordNotIn(String text) {
    byte[] bytes = new byte[WORD_BYTES];
    String word;
    do {
      random.nextBytes(bytes);
      word = HexFormat.of().formatHex(bytes);
    } while (text.contains(word));
    return word;
  }
}
