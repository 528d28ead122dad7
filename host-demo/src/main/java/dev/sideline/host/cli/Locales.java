package dev.sideline.host.cli;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process can name what it works with. Java takes names of files and arguments in the
 * encoding of the locale, and without one ({@code LANG} is not set) that is ASCII: a folder of
 * another name cannot be opened then, in code that nobody expects to fail.
 */
final class Locales {

  private Locales() {}

  /** What is wrong for this process, in words for a person; nothing if all is fine. */
  static Optional<String> problemHere(String... arguments) {
    return problem(
        System.getProperty("sun.jnu.encoding"), System.getProperty("user.dir"), arguments);
  }

  /**
   * What is wrong, in words for a person; nothing if all is fine.
   *
   * @param encoding that of names: the property {@code sun.jnu.encoding}
   * @param directory the working directory as Java has it
   * @param arguments those of the command line as Java has them
   */
  static Optional<String> problem(
      @Nullable String encoding, @Nullable String directory, String... arguments) {
    CharsetEncoder names = encoder(encoding);
    if (names == null) {
      return Optional.empty();
    }
    if (directory != null && !names.canEncode(directory)) {
      return Optional.of(words("the name of the working directory", encoding));
    }
    for (String argument : arguments) {
      if (!names.canEncode(argument)) {
        return Optional.of(words("an argument", encoding));
      }
    }
    return Optional.empty();
  }

  private static String words(String what, @Nullable String encoding) {
    return what
        + " has characters that this process cannot read, as its locale says "
        + encoding
        + "; start it with LC_ALL=C.UTF-8 in its environment";
  }

  private static @Nullable CharsetEncoder encoder(@Nullable String encoding) {
    try {
      return encoding == null || encoding.equals("UTF-8")
          ? null
          : Charset.forName(encoding).newEncoder();
    } catch (IllegalCharsetNameException
        | UnsupportedCharsetException
        | UnsupportedOperationException e) {
      return null; // Nothing can be said.
    }
  }
}
