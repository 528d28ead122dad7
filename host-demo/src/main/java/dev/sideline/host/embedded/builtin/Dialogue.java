package dev.sideline.host.embedded.builtin;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A prompt in, an answer out, in UTF-8 whatever the locale says. */
final class Dialogue {

  private final String prompt;
  private final PrintStream answer =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  private Dialogue(String prompt) {
    this.prompt = prompt;
  }

  static Dialogue open() throws IOException {
    return new Dialogue(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
  }

  String prompt() {
    return prompt;
  }

  /** Adds to the answer. */
  void say(String text) {
    answer.print(text);
    answer.flush();
  }

  /** Tells of a step. */
  void step(String name) {
    say("::tool " + name + "\n");
  }
}
