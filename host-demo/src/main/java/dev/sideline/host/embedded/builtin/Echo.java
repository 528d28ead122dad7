package dev.sideline.host.embedded.builtin;

import java.io.IOException;

/** Answers with what it was told. */
public final class Echo {

  private Echo() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    Dialogue dialogue = Dialogue.open();
    dialogue.step("listen");
    dialogue.say(dialogue.prompt());
  }
}
