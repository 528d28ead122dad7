package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.SettingsReader.Documented;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

  private static final Pattern RANGE = Pattern.compile("a whole number from (\\d+) to (\\d+)");

  static Stream<Arguments> badValues() {
    return SettingsReader.documented().stream()
        .flatMap(
            setting -> {
              Stream<String> always = Stream.of("", " ", "many", "1.5", "0x10", "1e3", "null");
              Matcher range = RANGE.matcher(setting.allowed());
              Stream<String> outside =
                  range.matches()
                      ? Stream.of(
                          Long.toString(Long.parseLong(range.group(1)) - 1),
                          Long.toString(Long.parseLong(range.group(2)) + 1),
                          "-1",
                          "99999999999999999999999")
                      : Stream.of("Cancel", "CANCEL", "cancel,detach", "0");
              return Stream.concat(always, outside).map(value -> Arguments.of(setting, value));
            });
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void a_value_that_is_not_allowed_is_refused(Documented setting, String value) {
    assertThatThrownBy(() -> SettingsReader.read(Map.of(setting.key(), value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "setting '%s' is '%s', but must be %s", setting.key(), value, setting.allowed());
  }

  static Stream<Arguments> ends() {
    return SettingsReader.documented().stream()
        .flatMap(
            setting -> {
              Matcher range = RANGE.matcher(setting.allowed());
              return range.matches()
                  ? Stream.of(
                      Arguments.of(setting.key(), range.group(1)),
                      Arguments.of(setting.key(), range.group(2)))
                  : Stream.of(setting.allowed().split(" or "))
                      .map(choice -> Arguments.of(setting.key(), choice));
            });
  }

  @ParameterizedTest
  @MethodSource("ends")
  void what_is_said_to_be_allowed_is(String key, String value) {
    assertThat(SettingsReader.read(Map.of(key, value))).isNotNull();
    assertThat(SettingsReader.read(Map.of(key, " " + value + "\n"))).isNotNull();
  }

  @Test
  void the_documented_default_of_each_setting_is_the_one_that_holds() {
    Map<String, String> defaults = new LinkedHashMap<>();
    SettingsReader.documented()
        .forEach(setting -> defaults.put(setting.key(), setting.defaultValue()));

    assertThat(SettingsReader.read(defaults)).isEqualTo(SettingsReader.defaults());
  }

  @Test
  void each_key_sets_what_it_names() {
    Settings settings =
        SettingsReader.read(
            Map.of(
                "max_running", "2",
                "max_running_per_parent", "3",
                "max_starting", "4",
                "max_depth", "5",
                "on_parent_deleted", "detach",
                "retained_max_bytes", "70000",
                "max_wait_seconds", "7",
                "dispose_seconds", "8"));

    assertThat(settings.slots().maxRunning()).isEqualTo(2);
    assertThat(settings.slots().maxRunningPerParent()).isEqualTo(3);
    assertThat(settings.slots().maxStarting()).isEqualTo(4);
    assertThat(settings.launches().maxDepth()).isEqualTo(5);
    assertThat(settings.sessions().onParentDeleted()).isEqualTo(OnParentDeleted.DETACH);
    assertThat(settings.retention().maxBytes()).isEqualTo(70_000);
    assertThat(settings.maxWait()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.disposeWithin()).isEqualTo(Duration.ofSeconds(8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_runing", "MAX_RUNNING", "max_running ", ""})
  void an_unknown_key_is_refused_with_the_known_ones(String key) {
    assertThatThrownBy(() -> SettingsReader.read(Map.of(key, "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("setting '" + key + "' is not known; known are max_running, ")
        .hasMessageContaining("dispose_seconds");
  }

  @Test
  void all_mistakes_are_told_at_once() {
    assertThatThrownBy(
            () ->
                SettingsReader.read(
                    Map.of("max_running", "no", "max_depth", "99", "colour", "blue")))
        .hasMessageContaining("'max_running' is 'no'")
        .hasMessageContaining("'max_depth' is '99'")
        .hasMessageContaining("'colour' is not known");
  }
}
