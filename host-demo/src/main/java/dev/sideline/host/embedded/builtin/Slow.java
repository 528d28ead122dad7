package dev.sideline.host.embedded.builtin;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Works for as many seconds as the first number in its prompt says, one step a second. */
public final class Slow {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");
  private static final int USUAL_SECONDS = 10;
  private static final long STEP_NANOS = Duration.ofSeconds(1).toNanos();

  private Slow() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    Dialogue dialogue = Dialogue.open();
    Matcher number = NUMBER.matcher(dialogue.prompt());
    int seconds = number.find() ? Integer.parseInt(number.group()) : USUAL_SECONDS;
    for (int second = 1; second <= seconds; second++) {
      dialogue.step("work");
      long until = System.nanoTime() + STEP_NANOS;
      for (long left = STEP_NANOS; left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      dialogue.say("Second " + second + " of " + seconds + " is over.\n");
    }
    dialogue.say("Done.\n");
  }
}
