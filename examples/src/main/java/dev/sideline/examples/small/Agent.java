package dev.sideline.examples.small;

import dev.sideline.api.Prompt;
import java.util.function.Consumer;

/** What works on a prompt: a loop around a model, a program, anything that writes an answer. */
@FunctionalInterface
public interface Agent {

  /**
   * Works on a prompt, on a thread of its own, and returns when it is done. It is interrupted to
   * stop it.
   *
   * @param words takes what it writes, a piece at a time
   */
  void work(Prompt prompt, Consumer<String> words) throws Exception;
}
