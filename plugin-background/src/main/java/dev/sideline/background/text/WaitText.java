package dev.sideline.background.text;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.Task;
import java.util.stream.Collectors;

/** How far it is what a call waits for, for whoever watches the call. */
public final class WaitText {

  private static final int MAX_DESCRIPTION_CHARS = 60;

  private WaitText() {}

  /** One line, such as {@code 1 of 3 has ended; waiting for "Review" (claude) and 1 more}. */
  public static String progress(Effect.TellProgress told) {
    int more = told.all() - told.ended() - told.named().size();
    String named = told.named().stream().map(WaitText::name).collect(Collectors.joining(", "));
    return (told.ended() == 0
            ? "Waiting for "
            : told.ended()
                + " of "
                + told.all()
                + (told.ended() == 1 ? " has" : " have")
                + " ended; waiting for ")
        + named
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static String name(Task task) {
    return Phrases.quoted(task.spec().description(), MAX_DESCRIPTION_CHARS)
        + " ("
        + Phrases.name(task.spec().agent())
        + ", "
        + task.status().wireName()
        + ")";
  }
}
