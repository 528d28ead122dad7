package dev.sideline.host.embedded.builtin;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

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

  /** With a prompt that came as an argument, so that replies can come on standard input. */
  static Dialogue about(String prompt) {
    return new Dialogue(prompt);
  }

  /** Puts a question and waits for the reply; empty if there is none. */
  String ask(String question) throws IOException {
    say("::ask " + question + "\n");
    BufferedReader replies =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    return Objects.requireNonNullElse(replies.readLine(), "");
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
