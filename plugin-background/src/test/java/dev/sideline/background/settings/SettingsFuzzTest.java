package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginSetting;
import dev.sideline.api.ToolResult;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import dev.sideline.background.ErrorLog;
import dev.sideline.background.PluginScenario;
import dev.sideline.background.character.Characters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever settings say, they are refused in words, or the plugin works with them. */
class SettingsFuzzTest {

  private static final Pattern RANGE = Pattern.compile("number from (\\d+) to (\\d+)");
  private static final String LAUNCH =
      "{\"description\":\"d\",\"prompt\":\"p\",\"agent\":\"explore\"%s}";

  @Test
  void settings_are_refused_by_name_value_and_what_is_allowed_or_the_plugin_works_with_them() {
    Fuzz.run(SettingsFuzzTest::round);
  }

  private static void round(Random random) {
    Garble garble = new Garble(random, "*", "explore=", "a/b", ">", ",", "=");
    boolean odd = random.nextInt(3) > 0;
    Map<String, String> given = new LinkedHashMap<>();
    for (PluginSetting setting : SettingsReader.documented()) {
      if (garble.oneIn(4)) {
        given.put(
            setting.key(),
            odd && garble.oneIn(3) ? odd(setting, garble) : sound(setting, garble, random));
      }
    }
    if (odd && garble.oneIn(6)) {
      given.put(garble.any(garble.text(), garble.damaged("max_running")), garble.text());
    }
    try {
      SettingsReader.read(given);
    } catch (IllegalArgumentException refused) {
      saysWhatIsWrong(refused.getMessage(), given);
      return;
    }
    if (garble.oneIn(10)) {
      works(given, garble);
    }
  }

  private static void saysWhatIsWrong(String message, Map<String, String> given) {
    assertThat(message).isNotBlank();
    for (String line : message.split("\n", -1)) {
      assertThat(line)
          .startsWith("setting '")
          .doesNotContainPattern("[\\p{Cc}\\p{Cs}\\u2028\\u202e]")
          .doesNotContain("java.", "Exception");
      assertThat(line.length()).isLessThan(3_000);
      assertThat(given)
          .as(line)
          .anySatisfy(
              (key, value) ->
                  assertThat(line)
                      .startsWith("setting '" + shown(key) + "' is ")
                      .containsAnyOf(
                          "' is '" + shown(value) + "', but must be ",
                          "' is not known",
                          "'allow', which gives"));
    }
  }

  private static String shown(String text) {
    return Characters.cut(Characters.visible(text), 200);
  }

  private static void works(Map<String, String> settings, Garble garble) {
    try (ErrorLog log = new ErrorLog();
        PluginScenario scenario = new PluginScenario(settings)) {
      String place =
          garble.any(
              "", "", ",\"directory\":" + Garble.quoted("x" + garble.any("", "\u0000", "/..")));
      ToolResult launched =
          scenario.call("background_task", PluginScenario.PARENT, LAUNCH.formatted(place));
      assertThat(launched.text()).as("%s", settings).isNotBlank().doesNotContain("Sideline");
      if (place.isEmpty() && !settings.containsKey("agents")) {
        assertThat(launched.error()).as("%s: %s", settings, launched.text()).isFalse();
        assertThat(
                scenario.call("background_cancel", PluginScenario.PARENT, "{\"all\":true}").error())
            .isFalse();
      }
      log.assertNone();
    }
  }

  private static String odd(PluginSetting setting, Garble garble) {
    return garble.any(
        garble.text(),
        garble.damaged(setting.defaultValue()),
        garble.damaged(setting.allowed()),
        garble.json(),
        garble.any(
            "", " ", "-1", "NaN", "0x10", "1e3", "99999999999999999999", "true", ",", "=", "*"));
  }

  private static String sound(PluginSetting setting, Garble garble, Random random) {
    if (!setting.choices().isEmpty()) {
      return garble.anyOf(setting.choices());
    }
    Matcher range = RANGE.matcher(setting.allowed());
    if (range.find()) {
      String number = number(range, garble, random);
      return setting.allowed().contains("=NUMBER")
          ? garble.any(number, "explore=" + number, number + ", a=" + number + ", b/c=1")
          : number;
    }
    return switch (setting.key()) {
      case "agents" -> garble.any("*", "explore", "explore, b");
      case "directories" ->
          garble.any("/tmp", "x, /y z", "..", "x" + "y".repeat(5_000), "\u0000/x");
      case "variants" -> garble.any("", "*=high", "explore=low, *=high");
      case "models" -> garble.any("", "explore=a/b, *=c/d", "*=a/b/c");
      case "fallback_models" -> garble.any("", "*=a/b > c/d", "explore = a/b>c/d>e/f");
      default -> setting.defaultValue();
    };
  }

  private static String number(Matcher range, Garble garble, Random random) {
    long min = Long.parseLong(range.group(1));
    long max = Long.parseLong(range.group(2));
    return Long.toString(garble.any(min, max, min + random.nextInt((int) Math.min(50, max - min))));
  }
}
