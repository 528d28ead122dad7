package dev.sideline.host.embedded.builtin;

import java.io.IOException;

/** Tries and fails: some of an answer, a reason on standard error, and exit code 1. */
public final class Fail {

  private Fail() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    Dialogue dialogue = Dialogue.open();
    dialogue.step("try");
    dialogue.say("I have tried, but");
    // An uncaught exception is what makes the exit code 1; without its stack trace it reads well.
    Thread.currentThread()
        .setUncaughtExceptionHandler((thread, failure) -> System.err.println(failure.getMessage()));
    throw new IllegalStateException("this agent always fails; that is what it is for");
  }
}
