package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code reply} of a call. Of what kind the request is, the engine knows: three words are
 * taken for answers to a permission, everything else for answers to questions.
 */
final class Replies {

  private static final int MAX_ANSWERS = 100;

  private static final String ALLOWED =
      "\"allow\", \"always\", \"reject\", the answer to a question, or a list of 1 to "
          + MAX_ANSWERS
          + " answers, each a text or a list of texts";

  /** An agent that is not told why may end on the spot, as if somebody had stopped it. */
  private static final String REJECTED =
      "Whoever launched you has refused this. Go on without it, or say why you cannot.";

  private final Arguments arguments;
  private final int maxChars;

  Replies(Arguments arguments, int maxChars) {
    this.arguments = arguments;
    this.maxChars = maxChars;
  }

  /**
   * @param message what goes with a rejection; null if nothing was given
   */
  Reply read(JsonNode given, @Nullable String message) {
    Reply reply = given.isTextual() ? word(given, message) : new Reply.Answer(answers(given));
    if (message != null && !(reply instanceof Reply.Reject)) {
      throw new BadArgument(
          "'message' goes with the reply \"reject\" alone, and says why; leave it out, or put it"
              + " into the reply.");
    }
    return reply;
  }

  private Reply word(JsonNode given, @Nullable String message) {
    String text = text(given, given);
    return switch (text) {
      case "allow" -> new Reply.Allow();
      case "always" -> new Reply.AllowAlways();
      case "reject" -> new Reply.Reject(message == null ? REJECTED : message);
      default -> new Reply.Answer(List.of(List.of(text)));
    };
  }

  /** An answer to each question: a text is the only answer to its question. */
  private List<List<String>> answers(JsonNode given) {
    List<List<String>> answers = new ArrayList<>();
    for (JsonNode element : list(given, given, 1)) {
      List<String> chosen = new ArrayList<>();
      if (element.isTextual()) {
        chosen.add(text(element, given));
      } else {
        // None of several options may be an answer, too.
        for (JsonNode option : list(element, given, 0)) {
          chosen.add(text(option, given));
        }
      }
      answers.add(chosen);
    }
    return answers;
  }

  private Iterable<JsonNode> list(JsonNode node, JsonNode given, int min) {
    if (!node.isArray() || node.size() < min || node.size() > MAX_ANSWERS) {
      throw arguments.notAllowed("reply", given, ALLOWED);
    }
    return node;
  }

  private String text(JsonNode node, JsonNode given) {
    if (!node.isTextual() || node.textValue().isBlank() || node.textValue().length() > maxChars) {
      throw arguments.notAllowed("reply", given, ALLOWED);
    }
    return node.textValue().strip();
  }
}
