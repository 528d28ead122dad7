package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file with comments and trailing commas, as most programs keep their configuration.
 *
 * @param fresh the file before anything is written into it, if there is none
 * @param parts what it has to hold
 */
record JsonContent(String fresh, List<JsonPart> parts) implements FileContent {

  static final String EMPTY = "{}\n";

  @Override
  public String connected(@Nullable String text) throws RefusedException {
    JsoncText before = parsed(text == null ? fresh : text);
    JsoncText config = before;
    try {
      for (JsonPart part : parts) {
        config = part.putInto(config);
      }
    } catch (IllegalStateException e) {
      throw toBeDoneByHand("added to", e);
    }
    return config == before && text != null ? text : config.text();
  }

  @Override
  public @Nullable String disconnected(String text, @Nullable Before before)
      throws RefusedException {
    JsoncText connected = parsed(text);
    JsonNode treeBefore = before == null ? MissingNode.getInstance() : treeOf(before);
    JsoncText config = connected;
    try {
      for (JsonPart part : parts) {
        config = part.takenFrom(config, treeBefore);
      }
    } catch (IllegalStateException e) {
      throw toBeDoneByHand("taken out of", e);
    }
    boolean noneOfOurs = before == null && parts.stream().noneMatch(isCertainlyIn(connected));
    if (config == connected || noneOfOurs) {
      return text;
    }
    boolean mayGo = before == null || before.text() == null;
    return mayGo && saysNothing(config) ? null : config.text();
  }

  @Override
  public List<String> serverIn(String text) throws RefusedException {
    JsoncText config = parsed(text);
    for (JsonPart part : parts) {
      if (part instanceof JsonEntry entry) {
        return ServerEntry.words(config.at(entry.place()));
      }
    }
    return List.of();
  }

  private static Predicate<JsonPart> isCertainlyIn(JsoncText config) {
    return part -> part.isCertainlyIn(config);
  }

  private boolean saysNothing(JsoncText config) {
    String said = withoutBlanks(config.text());
    return said.equals(withoutBlanks(fresh)) || said.equals("{}");
  }

  private static String withoutBlanks(String text) {
    return text.replaceAll("\\s", "");
  }

  private static JsonNode treeOf(Before before) throws RefusedException {
    return before.text() == null ? MissingNode.getInstance() : parsed(before.text()).tree();
  }

  private static JsoncText parsed(String text) throws RefusedException {
    try {
      return JsoncText.of(text);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new RefusedException("it could not be read, so it is left as it is: " + why, e);
    }
  }

  private RefusedException toBeDoneByHand(String how, IllegalStateException cause) {
    String what =
        parts.stream().map(part -> part.byHand().toString()).collect(Collectors.joining(", "));
    return new RefusedException(
        "it could not be edited safely ("
            + cause.getMessage()
            + "); this has to be "
            + how
            + " it by hand: "
            + what,
        cause);
  }
}
