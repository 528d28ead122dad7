package dev.sideline.api.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes input that is nearly right, or not at all: odd texts, JSON of any kind, texts and bytes
 * with some damage done to them. All chance comes from a {@link Random}, so that the same seed
 * makes the same input. Confined to one thread, as a round of {@link Fuzz} is.
 */
public final class Garble {

  private static final List<String> SPICES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ",",
          "\"",
          "\\",
          "null",
          "true",
          "-1",
          "1e999",
          "0.1",
          "NaN",
          "{}",
          "[]",
          "\"\"",
          "\\u0000",
          "\\ud83d",
          "\u0000",
          "\u001b[2J",
          "\n",
          "\r\n",
          "\r",
          "\t",
          " ",
          "\ufeff",
          "\u2028",
          "\u202e",
          "\ud83d\ude00",
          "\ud83d",
          "//",
          "/*",
          "*/",
          "data:",
          "id:",
          "event:",
          "99999999999999999999",
          "\"id\":",
          "\"jsonrpc\":\"2.0\"",
          "%s",
          "..",
          "/",
          "$",
          "#");

  private final Random random;
  private final List<String> spices;

  /**
   * @param random all chance comes from here
   * @param spices what else is to be found in texts, such as words that mean something to what is
   *     tried
   */
  public Garble(Random random, String... spices) {
    this.random = random;
    this.spices = Stream.concat(SPICES.stream(), Stream.of(spices)).toList();
  }

  /** One of several, of which there must be one. */
  @SafeVarargs
  public final <T> T any(T... these) {
    return these[random.nextInt(these.length)];
  }

  /** One of a list, which must not be empty. */
  public <T> T anyOf(List<T> these) {
    return these.get(random.nextInt(these.size()));
  }

  /** Whether it happens that does once in so many times, at least 1. */
  public boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** A text, often of a few characters and some of them odd; up to 21,000 chars, or empty. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(
          switch (random.nextInt(6)) {
            case 0 -> anyOf(spices);
            case 1 -> Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1));
            case 2 -> "x".repeat(random.nextInt(3_000));
            default -> Character.toString('a' + random.nextInt(26));
          });
    }
    return text.toString();
  }

  /** Sound JSON of any kind, nested up to 4 deep. */
  public String json() {
    return json(4, List.of());
  }

  /**
   * A sound JSON object, nested up to 4 deep. No name is kept from standing in it twice.
   *
   * @param names what its members and those of objects in it like to be called; any if empty
   */
  public String object(List<String> names) {
    return object(3, names);
  }

  private String json(int depth, List<String> names) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> any("null", "true", "false");
      case 1 -> Integer.toString(random.nextInt());
      case 2 -> any("0", "-0", "1.5", "1e3", "1E-300", "12345678901234567890", "1e400");
      case 3, 4, 5 -> quoted(text());
      case 6, 7 -> object(depth - 1, names);
      default -> {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(json(depth - 1, names));
        }
        yield "[" + String.join(",", elements) + "]";
      }
    };
  }

  private String object(int depth, List<String> names) {
    List<String> members = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      String name = names.isEmpty() || random.nextInt(5) == 0 ? text() : anyOf(names);
      members.add(quoted(name) + ":" + json(depth, names));
    }
    return "{" + String.join(",", members) + "}";
  }

  /** A text as a JSON string; half characters and control characters stand there as escapes. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /** A text with up to three kinds of damage done to it; once in four times it is left as it is. */
  public String damaged(String text) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = random.nextInt(4); i > 0; i--) {
      int from = random.nextInt(damaged.length() + 1);
      int to = Math.min(damaged.length(), from + random.nextInt(1 + damaged.length() / 4 + 1));
      switch (random.nextInt(5)) {
        case 0 -> damaged.delete(from, to);
        case 1 -> damaged.insert(from, damaged.substring(from, to));
        case 2 -> damaged.insert(from, anyOf(spices));
        case 3 -> damaged.insert(from, any("[", "{\"a\":", "(").repeat(random.nextInt(300)));
        default -> damaged.setLength(to);
      }
    }
    return damaged.toString();
  }

  /** The bytes of a text in UTF-8, up to two of them perhaps changed. */
  public byte[] bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      for (int i = random.nextInt(5) - 2; i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
    }
    return bytes;
  }
}
