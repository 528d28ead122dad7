package dev.sideline.background.runtime;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What nobody expects, and what has been met all the same. */
public final class Throwables {

  private Throwables() {}

  /** One of each kind. */
  public static Stream<Throwable> all() {
    return Stream.of(
        new IllegalStateException("on purpose"),
        new NoClassDefFoundError("on purpose"),
        new StackOverflowError("on purpose"),
        new OutOfMemoryError("on purpose"),
        new Exception("checked, on purpose"),
        new Mute());
  }

  /** Throws anything anywhere, if there is anything. */
  @SuppressWarnings("unchecked")
  public static <T extends Throwable> void sneak(@Nullable Throwable thrown) throws T {
    if (thrown != null) {
      throw (T) thrown;
    }
  }

  /** An exception that cannot even be asked what it is about. */
  static final class Mute extends RuntimeException {

    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message, on purpose");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no words, on purpose");
    }
  }
}
