package dev.sideline.host.owner;

import org.jspecify.annotations.Nullable;

/**
 * What is decided about a client that has come.
 *
 * @param refusal why it is not served, in words for a person; null if it is
 * @param ends whether the owner ends now, so that the client may start another
 */
public record Admission(@Nullable String refusal, boolean ends) {

  /** It is served. */
  public static final Admission GRANTED = new Admission(null, false);

  /** It is not. */
  public static Admission refused(String why) {
    return new Admission(why, false);
  }

  /** It is not, since the owner makes room for another. */
  public static Admission makesRoom(String why) {
    return new Admission(why, true);
  }
}
