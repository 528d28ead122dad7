package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalesTest {

  // What Java makes of bytes that its locale does not know.
  private static final String UNREAD = "/home/\ufffd\ufffd";

  @Test
  void a_folder_or_an_argument_that_was_not_understood_is_told_with_what_to_do() {
    assertThat(Locales.problem("ANSI_X3.4-1968", UNREAD, "tools"))
        .hasValueSatisfying(
            words ->
                assertThat(words).contains("the working directory", "ANSI_X3", "LC_ALL=C.UTF-8"));
    assertThat(Locales.problem("ANSI_X3.4-1968", "/home/a", "call", "\ufffd"))
        .hasValueSatisfying(words -> assertThat(words).startsWith("an argument"));
  }

  @Test
  void there_is_no_problem_where_all_can_be_named() {
    assertThat(Locales.problem("ANSI_X3.4-1968", "/home/a", "tools")).isEmpty();
    assertThat(Locales.problem("UTF-8", "/home/\u043f", "\u043f")).isEmpty();
    assertThat(Locales.problem("no such", UNREAD)).isEmpty();
    assertThat(Locales.problem(null, UNREAD)).isEmpty();
  }
}
