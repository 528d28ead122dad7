package dev.sideline.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An answer to a {@link PendingRequest}. */
public interface Reply {

  /** Lets the agent go on, this time. */
  record Allow() implements Reply {}

  /** Lets the agent go on, now and whenever it asks the same again. */
  record AllowAlways() implements Reply {}

  /**
   * Refuses. The agent is told so and goes on.
   *
   * @param message what the agent is told; null for the host's own words
   */
  record Reject(@Nullable String message) implements Reply {}

  /**
   * Answers a question. A request with several questions also takes a single answer with a single
   * text, of as many lines as there are questions.
   *
   * @param answers for each of its questions, in order, the chosen or written answers
   */
  record Answer(List<List<String>> answers) implements Reply {
    public Answer {
      answers = Objects.requireNonNull(answers, "answers").stream().map(List::copyOf).toList();
    }
  }
}
