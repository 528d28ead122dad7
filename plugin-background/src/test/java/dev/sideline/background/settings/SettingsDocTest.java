package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The settings as they are documented are the settings as they are read. */
class SettingsDocTest {

  @Test
  void the_document_lists_every_setting_with_its_default_and_range() {
    StringBuilder tables = new StringBuilder();
    String group = "";
    for (PluginSetting setting : SettingsReader.documented()) {
      if (!setting.group().equals(group)) {
        group = setting.group();
        tables.append(
            "\n## %s\n\n| key | default | allowed | meaning |\n|---|---|---|---|\n"
                .formatted(group));
      }
      tables.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  setting.key(), defaultOf(setting), setting.allowed(), setting.description()));
    }

    assertThat(Path.of("..", "docs", "settings.md")).content().contains(tables);
  }

  @Test
  void the_examples_of_the_document_are_understood() throws IOException {
    Matcher examples =
        Pattern.compile("\"(\\w+)\": \"([^\"]+)\"")
            .matcher(Files.readString(Path.of("..", "docs", "settings.md")));
    Map<String, String> given = new LinkedHashMap<>();
    while (examples.find()) {
      given.put(examples.group(1), examples.group(2));
    }

    assertThat(given).hasSizeGreaterThan(4);
    assertThat(SettingsReader.read(given)).isNotEqualTo(SettingsReader.defaults());
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
                    .contains("| `" + setting.key() + "` | " + defaultOf(setting) + " |"));
  }

  private static String defaultOf(PluginSetting setting) {
    return setting.defaultValue().isEmpty() ? "none" : setting.defaultValue();
  }
}
