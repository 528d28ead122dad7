package dev.sideline.host.opencode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.host.text.Characters;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a permission or question says to a person or a model that has to decide: the tool and all
 * that it is to touch, the questions with their choices. Never longer than {@link #MAX_CHARS}.
 */
final class RequestText {

  static final int MAX_CHARS = 4_000;

  private static final int MAX_DIFF_CHARS = 2_000;
  private static final String ANYTHING = "*";

  private RequestText() {}

  static String of(Wire.Request request) {
    List<Wire.Question> questions = request.questions();
    return cut(questions == null ? permission(request) : questions(questions), MAX_CHARS);
  }

  /** The labels that a question can be answered with; empty if any text will do. */
  static List<String> labels(Wire.Question question) {
    return options(question).stream().map(Wire.Option::label).filter(Objects::nonNull).toList();
  }

  private static String permission(Wire.Request request) {
    String permission = Objects.requireNonNullElse(request.permission(), "permission");
    String command = detail(request, "command");
    String file = detail(request, "filepath");
    String diff = detail(request, "diff");
    String patterns = specific(request.patterns());
    StringBuilder text = new StringBuilder(permission);
    // The patterns of a command are its pieces, without what stands between them.
    String what = permission.equals("bash") && !command.isEmpty() ? command : patterns;
    if (!what.isEmpty()) {
      text.append(": ").append(what);
    }
    if (!command.isEmpty() && !command.equals(what)) {
      text.append("\nfor the command: ").append(command);
    }
    if (!file.isEmpty() && !file.equals(what)) {
      text.append("\nfile: ").append(file);
    }
    if (!diff.isEmpty()) {
      text.append("\nchange:\n").append(cut(diff.strip(), MAX_DIFF_CHARS));
    }
    List<String> always = request.always();
    if (always != null && !always.isEmpty()) {
      String more = specific(always);
      text.append("\nThe answer 'always' would also allow: ")
          .append(more.isEmpty() ? "any further " + permission : more);
    }
    return text.toString();
  }

  private static String questions(List<Wire.Question> questions) {
    if (questions.size() == 1) {
      return question(questions.get(0));
    }
    return IntStream.range(0, questions.size())
        .mapToObj(i -> (i + 1) + ". " + question(questions.get(i)))
        .collect(
            Collectors.joining(
                "\n",
                questions.size()
                    + " questions; the answer is a text with a line for each, in this order:\n",
                ""));
  }

  private static String question(Wire.Question question) {
    StringBuilder text = new StringBuilder(Objects.requireNonNullElse(question.question(), ""));
    List<Wire.Option> options = options(question);
    if (!options.isEmpty()) {
      text.append("\nOptions")
          .append(question.multiple() ? " (any number of them): " : ": ")
          .append(options.stream().map(RequestText::option).collect(Collectors.joining(" | ")));
    }
    return text.toString();
  }

  private static String option(Wire.Option option) {
    String label = Objects.requireNonNullElse(option.label(), "?");
    String description = option.description();
    return description == null || description.isBlank() || description.equals(label)
        ? label
        : label + " (" + description + ")";
  }

  private static List<Wire.Option> options(Wire.Question question) {
    return Objects.requireNonNullElse(question.options(), List.of());
  }

  private static String specific(@Nullable List<String> patterns) {
    return patterns == null
        ? ""
        : patterns.stream()
            .filter(pattern -> !pattern.equals(ANYTHING))
            .collect(Collectors.joining(", "));
  }

  private static String detail(Wire.Request request, String name) {
    JsonNode details = request.metadata();
    return details == null ? "" : details.path(name).asText("");
  }

  /** The beginning of a text that is too long, with a sign that something is left out. */
  static String cut(String text, int maxChars) {
    return text.length() <= maxChars ? text : Characters.start(text, maxChars - 2) + " …";
  }
}
