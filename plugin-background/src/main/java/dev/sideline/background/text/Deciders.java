package dev.sideline.background.text;

import dev.sideline.background.settings.Settings.Permissions;
import java.util.Optional;

/**
 * Who may give a task a permission that it asks for. To refuse it, whoever launched the task always
 * may.
 *
 * @param parentToo whether whoever launched it may also allow it, each time anew
 * @param place where a person answers, in words that end a sentence; empty if there is no place
 *     that could be named
 */
public record Deciders(boolean parentToo, Optional<String> place) {

  /** As an operator has set it. */
  public static Deciders of(Permissions permissions, Optional<String> place) {
    return new Deciders(permissions == Permissions.PARENT_ONCE, place);
  }

  /** That a person has to decide, and where. */
  String person() {
    return "A person has to decide that" + place.map(where -> ", " + where).orElse("");
  }
}
