package dev.sideline.background.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where in an answer its JSON may be: a model that is asked for JSON alone likes to say a word
 * before it, or puts it into a block of code.
 */
final class AnswerJson {

  private static final String FENCE = "```";

  private AnswerJson() {}

  /** Texts that may be the JSON, the likeliest first: all of it, the one block, the outermost. */
  static List<String> candidates(String answer) {
    Set<String> candidates = new LinkedHashSet<>();
    String whole = answer.strip();
    candidates.add(whole);
    List<String> blocks = blocks(whole, true);
    if (blocks.isEmpty()) {
      blocks = blocks(whole, false);
    }
    if (blocks.size() == 1) {
      candidates.add(blocks.get(0));
    }
    outermost(whole, candidates);
    candidates.remove("");
    return List.copyOf(candidates);
  }

  /** The blocks of code, either those that are said to be JSON or all. */
  private static List<String> blocks(String text, boolean json) {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = null;
    boolean wanted = false;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      boolean fence = line.strip().startsWith(FENCE);
      if (block == null) {
        if (fence) {
          block = new StringBuilder();
          wanted = !json || line.strip().substring(FENCE.length()).strip().equalsIgnoreCase("json");
        }
      } else if (fence) {
        if (wanted) {
          blocks.add(block.toString().strip());
        }
        block = null;
      } else {
        block.append(line).append('\n');
      }
    }
    return blocks;
  }

  private static void outermost(String text, Set<String> candidates) {
    int object = text.indexOf('{');
    int array = text.indexOf('[');
    boolean objectFirst = object >= 0 && (array < 0 || object < array);
    if (objectFirst) {
      between(text, object, '}', candidates);
      between(text, array, ']', candidates);
    } else {
      between(text, array, ']', candidates);
      between(text, object, '}', candidates);
    }
  }

  private static void between(String text, int from, char close, Set<String> candidates) {
    int to = text.lastIndexOf(close);
    if (from >= 0 && to > from) {
      candidates.add(text.substring(from, to + 1));
    }
  }
}
