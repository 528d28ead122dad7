package dev.sideline.background.engine.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer fits the schema that it was asked to fit.
 *
 * @param json the answer as JSON text; null if it does not fit
 * @param problems why it does not, each in a line; empty if it does
 */
public record ResultCheck(@Nullable String json, List<String> problems) {

  public ResultCheck {
    problems = List.copyOf(problems);
  }
}
