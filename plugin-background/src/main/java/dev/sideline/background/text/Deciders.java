package dev.sideline.background.text;

import dev.sideline.background.settings.Settings.Permissions;
import java.util.Optional;

/**
 * Who may give a task a permission that it asks for. To refuse it, whoever launched the task always
 * may.
 *
 * @param parentToo whether whoever launched it may also allow it, each time anew
 * @param places where a person answers
 */
public record Deciders(boolean parentToo, Places places) {

  /** Where a person answers what is asked in a session. */
  @FunctionalInterface
  public interface Places {

    /** In words that end a sentence; empty if there is no place that could be named. */
    Optional<String> of(String sessionId);
  }

  /** As an operator has set it. */
  public static Deciders of(Permissions permissions, Places places) {
    return new Deciders(permissions == Permissions.PARENT_ONCE, places);
  }

  /** That a person has to decide, and where. */
  String person(String sessionId) {
    return "A person has to decide that" + place(sessionId);
  }

  /** Where a person answers, as the rest of a sentence. */
  String place(String sessionId) {
    return places.of(sessionId).map(where -> ", " + where).orElse("");
  }
}
