package dev.sideline.background.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Regular expressions whose time grows with the text and not beyond: what goes back and forth, such
 * as a look-ahead or a back-reference, is not to be had.
 */
final class LinearPatterns implements RegularExpressionFactory {

  private static final int MAX_CHARS = 1_000;
  private static final int MAX_SIZE = 2_000;

  /** How much matching is as much work as looking at a keyword. */
  private static final int MATCHING_PER_STEP = 200;

  private final StepBudget budget;
  private final List<String> problems = new ArrayList<>();

  LinearPatterns(StepBudget budget) {
    this.budget = budget;
  }

  /** What is wrong with the patterns that there have been. */
  List<String> problems() {
    return problems;
  }

  @Override
  public RegularExpression getRegularExpression(String regex) {
    Pattern pattern = compiled(regex);
    if (pattern == null) {
      // Told in the end, and not logged by the validator, which would log the whole pattern.
      return text -> false;
    }
    int size = pattern.programSize();
    return text -> {
      budget.spend((long) text.length() * size / MATCHING_PER_STEP);
      return pattern.matcher(text).find();
    };
  }

  private @Nullable Pattern compiled(String regex) {
    if (regex.length() > MAX_CHARS || RepeatedSize.of(regex) > MAX_SIZE) {
      problems.add("the pattern '" + regex + "' is too long, or repeats too much");
      return null;
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      budget.spend(pattern.programSize());
      return pattern;
    } catch (PatternSyntaxException e) {
      problems.add("the pattern '" + regex + "' cannot be used: " + e.getDescription());
      return null;
    }
  }
}
