package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How what an operator wrote is shown where it is not allowed. */
class SettingsProblemsTest {

  private static final String ODD = "4\n\u001b[2J\u202e";
  private static final String SHOWN = "4\\u000a\\u001b[2J\\u202e";

  @Test
  void what_was_written_is_shown_in_one_line_with_nothing_hidden() {
    assertThatThrownBy(() -> SettingsReader.read(Map.of("max_running", ODD)))
        .hasMessageStartingWith("setting 'max_running' is '" + SHOWN + "', but");
    assertThatThrownBy(() -> SettingsReader.read(Map.of("models", "a" + ODD)))
        .hasMessageEndingWith("; the trouble is 'a" + SHOWN + "'");
    assertThatThrownBy(() -> SettingsReader.read(Map.of(ODD, "x")))
        .hasMessageStartingWith("setting '" + SHOWN + "' is not known");
  }

  @Test
  void what_was_written_is_not_shown_without_end() {
    assertThatThrownBy(() -> SettingsReader.read(Map.of("max_running", "x".repeat(100_000))))
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(1_000));
  }
}
