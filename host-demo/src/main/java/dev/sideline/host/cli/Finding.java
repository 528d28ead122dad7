package dev.sideline.host.cli;

import java.util.Locale;
import java.util.Objects;

/**
 * One thing that was looked at, as a person is told of it.
 *
 * @param what was looked at, in a word or two
 * @param words what was found, and what to do where something is not right; may hold text of others
 */
record Finding(Mark mark, String what, String words) {

  /** What is to be thought of it. */
  enum Mark {
    /** It is as it should be. */
    OK,
    /** It is not there, or not as it could be; nobody has to do anything. */
    NOTE,
    /** Something needs doing. */
    TODO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Finding {
    Objects.requireNonNull(mark, "mark");
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(words, "words");
  }

  static Finding ok(String what, String words) {
    return new Finding(Mark.OK, what, words);
  }

  static Finding note(String what, String words) {
    return new Finding(Mark.NOTE, what, words);
  }

  static Finding todo(String what, String words) {
    return new Finding(Mark.TODO, what, words);
  }
}
