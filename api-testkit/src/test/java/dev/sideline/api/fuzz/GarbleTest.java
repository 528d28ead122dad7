package dev.sideline.api.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GarbleTest {

  private static final int TIMES = 2_000;

  @Test
  void the_same_seed_makes_the_same_input() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(sample(new Garble(new Random(seed))))
          .isEqualTo(sample(new Garble(new Random(seed))));
    }
  }

  private static String sample(Garble garble) {
    return garble.text() + garble.json() + garble.damaged("a text") + garble.oneIn(2);
  }

  @Test
  void each_of_several_has_its_turn() {
    assertThat(many(garble -> garble.any(1, 2, 3))).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(many(garble -> garble.anyOf(List.of("a", "b")))).containsExactlyInAnyOrder("a", "b");
    assertThat(many(garble -> garble.oneIn(10))).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void texts_hold_half_characters_escapes_of_terminals_and_what_the_test_gives() {
    Set<String> texts = new HashSet<>();
    Garble garble = new Garble(new Random(7), "::ask ");
    for (int i = 0; i < TIMES; i++) {
      texts.add(garble.text());
    }

    assertThat(texts).anyMatch(text -> text.contains("::ask "));
    assertThat(texts).anyMatch(text -> text.contains("\u001b"));
    assertThat(texts).anyMatch(text -> text.matches("(?s).*\\p{Cs}.*"));
    assertThat(texts).contains("");
  }

  @Test
  void a_quoted_text_is_JSON_that_holds_no_control_and_no_half_character() {
    assertThat(Garble.quoted("a\"\\\n\u0000\ud83d\ud83d\ude00\u2028é"))
        .isEqualTo("\"a\\\"\\\\\\u000a\\u0000\\ud83d\\ud83d\\ude00\u2028é\"");
  }

  @Test
  void JSON_has_its_brackets_and_quotes_in_pairs() {
    Garble garble = new Garble(new Random(3));
    for (int i = 0; i < TIMES; i++) {
      String json = i % 2 == 0 ? garble.json() : garble.object(List.of("id", "name"));
      assertThat(openAtEnd(json)).as(json).isZero();
    }
  }

  /** How many brackets are open at the end, outside of strings; -1 if a string is. */
  private static int openAtEnd(String json) {
    int open = 0;
    boolean inString = false;
    for (int at = 0; at < json.length(); at++) {
      char c = json.charAt(at);
      if (inString) {
        at += c == '\\' ? 1 : 0;
        inString = c != '"';
      } else if (c == '"') {
        inString = true;
      } else if (c == '{' || c == '[') {
        open++;
      } else if (c == '}' || c == ']') {
        open--;
      }
    }
    return inString ? -1 : open;
  }

  @Test
  void objects_like_to_have_the_names_that_they_are_given() {
    assertThat(many(garble -> garble.object(List.of("the_name"))))
        .anyMatch(object -> object.startsWith("{\"the_name\":"));
  }

  @Test
  void damage_is_done_often_and_not_always() {
    assertThat(many(garble -> garble.damaged("0123456789")))
        .contains("0123456789")
        .hasSizeGreaterThan(100);
    assertThat(many(garble -> garble.damaged(""))).contains("");
  }

  @Test
  void bytes_are_those_of_the_text_or_a_few_others() {
    byte[] sound = "täxt".getBytes(StandardCharsets.UTF_8);
    Set<Integer> changes =
        many(
            garble -> {
              byte[] made = garble.bytes("täxt");
              int changed = 0;
              for (int i = 0; i < sound.length; i++) {
                changed += made[i] == sound[i] ? 0 : 1;
              }
              return changed;
            });

    assertThat(changes).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(new Garble(new Random(0)).bytes("")).isEmpty();
  }

  private static <T> Set<T> many(Function<Garble, T> made) {
    Garble garble = new Garble(new Random(42));
    Set<T> all = new HashSet<>();
    for (int i = 0; i < TIMES; i++) {
      all.add(made.apply(garble));
    }
    return all;
  }
}
