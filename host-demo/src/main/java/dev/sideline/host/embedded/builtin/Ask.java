package dev.sideline.host.embedded.builtin;

import java.io.IOException;

/**
 * Puts its prompt as a question to whoever answers for it, and answers with the reply. Bars in the
 * prompt separate the question from answers to choose from: {@code Tea or coffee? | Tea | Coffee}.
 */
public final class Ask {

  private Ask() {}

  /** Runs it; its arguments are {@code --} and its prompt. */
  public static void main(String[] arguments) throws IOException {
    String prompt = arguments[arguments.length - 1];
    Dialogue dialogue = Dialogue.about(prompt.lines().findFirst().orElse(""));
    dialogue.step("ask");
    String reply = dialogue.ask(dialogue.prompt());
    dialogue.say(reply.isBlank() ? "Nobody wanted to answer." : "The answer is: " + reply);
  }
}
