package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The settings as they are documented are the settings as they are read. */
class SettingsDocTest {

  @Test
  void the_document_lists_every_setting_with_its_default_and_range() throws IOException {
    String table =
        SettingsReader.documented().stream()
            .map(
                setting ->
                    "| `%s` | %s | %s | %s |"
                        .formatted(
                            setting.key(),
                            setting.defaultValue(),
                            setting.allowed(),
                            setting.meaning()))
            .collect(Collectors.joining("\n"));

    assertThat(Path.of("..", "docs", "settings.md")).content().contains(table);
  }

  @Test
  void the_settings_that_the_readme_names_have_the_defaults_that_it_names() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String section =
        readme.substring(readme.indexOf("## Settings"), readme.indexOf("## How it works"));

    assertThat(SettingsReader.documented())
        .filteredOn(setting -> section.contains("| `" + setting.key() + "` |"))
        .hasSizeGreaterThan(3)
        .allSatisfy(
            setting ->
                assertThat(section)
                    .contains("| `" + setting.key() + "` | " + setting.defaultValue() + " |"));
  }
}
