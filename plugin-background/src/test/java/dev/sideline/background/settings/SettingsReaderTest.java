package dev.sideline.background.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.ModelRef;
import dev.sideline.api.PluginSetting;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.settings.Settings.Permissions;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Budget;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsReaderTest {

  private static final Pattern RANGE = Pattern.compile("a whole number from (\\d+) to (\\d+)");

  static Stream<Arguments> badValues() {
    return SettingsReader.documented().stream()
        .flatMap(
            setting ->
                Stream.concat(
                        takesAnyWords(setting)
                            ? Stream.of()
                            : Stream.of("many ways", "1.5.5", "0x10", "1e3", "-1"),
                        bad(setting))
                    .map(value -> Arguments.of(setting, value)));
  }

  private static boolean takesAnyWords(PluginSetting setting) {
    return setting.allowed().startsWith("names") || setting.allowed().startsWith("paths");
  }

  /** What is not allowed for a setting of this kind in particular. */
  private static Stream<String> bad(PluginSetting setting) {
    Matcher range = RANGE.matcher(setting.allowed());
    if (range.matches()) {
      return Stream.of(
          Long.toString(Long.parseLong(range.group(1)) - 1),
          Long.toString(Long.parseLong(range.group(2)) + 1),
          "",
          " ",
          "1.5",
          "+-1",
          "null",
          "99999999999999999999999");
    }
    if (setting.allowed().startsWith("a whole number from")) {
      return Stream.of(
          "",
          " ",
          "4,",
          "100001",
          "4, 5",
          "*=4, 5",
          "explore",
          "explore=",
          "=2",
          "explore=-1",
          "explore=2, Explore =3",
          "explore=2 4");
    }
    if (setting.allowed().startsWith("a number from")) {
      return Stream.of("", "NaN", "1e3", "Infinity", "1d", "-0.01", "1000000.01", "1,5", ".5");
    }
    if (takesAnyWords(setting)) {
      return Stream.of(",", "a,", "a,,b", "a, a");
    }
    if (setting.allowed().startsWith("AGENT=")) {
      return Stream.of("a", "=b/c", "a=", "a=b/c,", "a=b/c, A=b/d", "a=b/ c", ",");
    }
    return Stream.of("", " ", "Cancel", "CANCEL", "cancel,detach", "0", "no or yes", "null");
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void a_value_that_is_not_allowed_is_refused(PluginSetting setting, String value) {
    assertThatThrownBy(() -> SettingsReader.read(Map.of(setting.key(), value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "setting '%s' is '%s', but must be %s", setting.key(), value, setting.allowed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_running_per_agent | 4, explore=x           | explore=x",
        "max_running_per_agent | 4, explore=2, 5        | 5",
        "models                | explore=gpt, *=a/b     | explore=gpt",
        "models                | explore=a/b, Explore=c/d | Explore=c/d",
        "fallback_models       | *=a/b > c              | *=a/b > c",
      })
  void in_a_list_the_part_that_is_at_fault_is_named(String key, String value, String part) {
    assertThatThrownBy(() -> SettingsReader.read(Map.of(key, value)))
        .hasMessageEndingWith("; separated by commas; the trouble is '" + part + "'");
  }

  static Stream<Arguments> ends() {
    return SettingsReader.documented().stream()
        .flatMap(
            setting -> {
              Matcher range = RANGE.matcher(setting.allowed());
              Stream<String> values =
                  range.matches()
                      ? Stream.of(range.group(1), range.group(2))
                      : range.lookingAt()
                          ? Stream.of("0", "100000", "4, explore=2", "explore=0,*=3")
                          : setting.allowed().startsWith("a number from")
                              ? Stream.of("0", "1000000", "2.50", "0.0001")
                              : setting.allowed().startsWith("AGENT=")
                                  ? Stream.of("", "a=b/c", "a = b/c/d:e , *=f/g")
                                  : takesAnyWords(setting)
                                      ? Stream.of("", "a", "a, b/c d", "*")
                                      : Stream.of(setting.allowed().split(" or "));
              return values.map(value -> Arguments.of(setting.key(), value));
            });
  }

  @ParameterizedTest
  @MethodSource("ends")
  void what_is_said_to_be_allowed_is(String key, String value) {
    for (String written : List.of(value, " " + value + "\n")) {
      Map<String, String> given = new HashMap<>(Map.of("permissions", "parent_once"));
      given.put(key, written);
      if (!(key.equals("permissions") && value.equals("person"))) {
        given.putIfAbsent("on_input_timeout", "allow");
      }
      assertThat(SettingsReader.read(given)).isNotNull();
    }
  }

  @Test
  void the_documented_default_of_each_setting_is_the_one_that_holds() {
    Map<String, String> defaults = new LinkedHashMap<>();
    SettingsReader.documented()
        .forEach(setting -> defaults.put(setting.key(), setting.defaultValue()));

    assertThat(SettingsReader.read(defaults)).isEqualTo(SettingsReader.defaults());
  }

  @Test
  void each_number_sets_something_of_its_own() {
    Settings defaults = SettingsReader.defaults();
    Map<Settings, String> byKey = new HashMap<>();
    for (PluginSetting setting : SettingsReader.documented()) {
      Matcher range = RANGE.matcher(setting.allowed());
      if (range.matches()) {
        String changed = range.group(2);
        Settings settings = SettingsReader.read(Map.of(setting.key(), changed));
        assertThat(settings).as(setting.key()).isNotEqualTo(defaults);
        assertThat(byKey.put(settings, setting.key())).as(setting.key()).isNull();
      }
    }
    assertThat(byKey).hasSizeGreaterThan(20);
  }

  @Test
  void slots_and_launches_are_as_they_are_set() {
    Settings settings =
        SettingsReader.read(
            Map.of(
                "max_running", "2",
                "max_running_per_parent", "3",
                "max_running_per_tree", "9",
                "max_starting", "4",
                "when_full", "refuse",
                "max_depth", "5",
                "max_launches_per_parent", "6",
                "max_tasks_bytes", "70000",
                "after_failed", "run"));

    assertThat(settings.slots().maxRunning()).isEqualTo(2);
    assertThat(settings.slots().maxRunningPerParent()).isEqualTo(3);
    assertThat(settings.slots().maxRunningPerTree()).isEqualTo(9);
    assertThat(settings.slots().maxStarting()).isEqualTo(4);
    assertThat(settings.slots().whenFull()).isEqualTo(WhenFull.REFUSE);
    assertThat(settings.launches().maxDepth()).isEqualTo(5);
    assertThat(settings.launches().maxPerParent()).isEqualTo(6);
    assertThat(settings.launches().maxBytes()).isEqualTo(70_000);
    assertThat(settings.launches().afterFailed()).isEqualTo(AfterFailed.RUN);
  }

  @Test
  void a_limit_for_all_names_and_others_for_some() {
    Settings.Slots slots =
        SettingsReader.read(
                Map.of(
                    "max_running_per_agent", "4, Explore = 2, oracle=0",
                    "max_running_per_model", "Some/Model=1",
                    "max_running_per_provider", "*=7"))
            .slots();

    assertThat(slots.perAgent().of("explore")).isEqualTo(2);
    assertThat(slots.perAgent().of("oracle")).isZero();
    assertThat(slots.perAgent().of("build")).isEqualTo(4);
    assertThat(slots.perModel().of("some/model")).isEqualTo(1);
    assertThat(slots.perModel().of("another/model")).isZero();
    assertThat(slots.perProvider()).isEqualTo(new KeyLimits(7, Map.of()));
  }

  @Test
  void agents_have_models_variants_and_fallbacks() {
    Models models =
        SettingsReader.read(
                Map.of(
                    "models", "Explore=anthropic/claude-haiku, *=openai/gpt-5",
                    "variants", "explore=low",
                    "fallback_models", "*=a/b > c/d/e",
                    "model_override", "refuse"))
            .models();

    assertThat(models.model("explore")).isEqualTo(new ModelRef("anthropic", "claude-haiku"));
    assertThat(models.model("build")).isEqualTo(new ModelRef("openai", "gpt-5"));
    assertThat(models.variant(" EXPLORE ")).isEqualTo("low");
    assertThat(models.variant("build")).isNull();
    assertThat(models.fallbacks("build"))
        .isEqualTo(List.of(new ModelRef("a", "b"), new ModelRef("c", "d/e")));
    assertThat(models.override()).isFalse();
  }

  @Test
  void guards_and_requests_are_as_they_are_set() {
    Map<String, String> given = new HashMap<>();
    given.put("timeout_seconds", "60");
    given.put("stall_seconds", "0");
    given.put("on_stall", "nudge");
    given.put("loop_calls", "3");
    given.put("max_tool_calls", "10");
    given.put("max_tokens", "20000000000");
    given.put("max_cost_usd", "2.50");
    given.put("max_tree_cost_usd", "20");
    given.put("input_timeout_seconds", "5");
    given.put("on_input_timeout", "allow");
    given.put("permissions", "parent_once");
    Settings settings = SettingsReader.read(given);

    assertThat(settings.watchdog().timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.watchdog().stall()).isZero();
    assertThat(settings.watchdog().onStall()).isEqualTo(OnStall.NUDGE);
    assertThat(settings.watchdog().loopCalls()).isEqualTo(3);
    assertThat(settings.watchdog().perTask()).isEqualTo(new Budget(10, 20_000_000_000L, 2.5));
    assertThat(settings.watchdog().perTree()).isEqualTo(new Budget(0, 0, 20));
    assertThat(settings.requests().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.requests().onTimeout()).isEqualTo(OnTimeout.ALLOW);
  }

  @Test
  void what_concerns_sessions_is_as_it_is_set() {
    Settings settings =
        SettingsReader.read(
            Map.of(
                "on_parent_deleted", "detach",
                "on_parent_interrupted", "cancel",
                "adopt_children", "yes",
                "notice_delay_ms", "0",
                "busy_parent_seconds", "9",
                "max_wakes", "0",
                "retained_max_bytes", "70000",
                "max_wait_seconds", "7",
                "dispose_seconds", "8"));

    assertThat(settings.sessions().onParentDeleted()).isEqualTo(OnParentDeleted.DETACH);
    assertThat(settings.sessions().onParentInterrupted()).isEqualTo(OnParentInterrupted.CANCEL);
    assertThat(settings.sessions().adoptChildren()).isTrue();
    assertThat(settings.notices())
        .isEqualTo(new Settings.Notices(Duration.ZERO, Duration.ofSeconds(9), 0));
    assertThat(settings.retention().maxBytes()).isEqualTo(70_000);
    assertThat(settings.maxWait()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.disposeWithin()).isEqualTo(Duration.ofSeconds(8));
  }

  @ParameterizedTest
  @CsvSource({
    "max_runing, max_running",
    "MAX_RUNNING, max_running",
    "'max_running ', max_running",
    "max-depth, max_depth",
    "models.override, model_override",
    "fallback_model, fallback_models",
    "max_running_per_agents, max_running_per_agent",
  })
  void an_unknown_key_is_refused_with_the_one_that_was_meant(String key, String meant) {
    assertThatThrownBy(() -> SettingsReader.read(Map.of(key, "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "setting '" + key + "' is not known; did you mean '" + meant + "'? Known are ");
  }

  @ParameterizedTest
  @CsvSource({"''", "colour", "x", "maximum_number_of_tasks_that_may_ever_run_at_the_same_time"})
  void an_unknown_key_like_no_other_is_refused_with_the_known_ones(String key) {
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

  @Test
  void what_those_who_launch_may_ask_for_is_read() {
    Settings settings =
        SettingsReader.read(
            Map.of(
                "agents", "build, plan",
                "directories", "/srv/a, ../docs",
                "permissions", "parent_once"));

    assertThat(settings.rights().agents())
        .isEqualTo(new NamedAgents(false, Set.of("build", "plan")));
    assertThat(settings.rights().directories()).containsExactly("/srv/a", "../docs");
    assertThat(settings.rights().permissions()).isEqualTo(Permissions.PARENT_ONCE);
    assertThat(SettingsReader.read(Map.of("agents", "*")).rights().agents().contains("any"))
        .isTrue();
    assertThat(SettingsReader.defaults().rights())
        .isEqualTo(
            new Settings.Rights(new NamedAgents(false, Set.of()), List.of(), Permissions.PERSON));
  }

  @Test
  void permissions_are_not_given_by_the_passing_of_time_where_only_a_person_gives_them() {
    assertThatThrownBy(() -> SettingsReader.read(Map.of("on_input_timeout", "allow")))
        .hasMessageContaining("'on_input_timeout' is 'allow'")
        .hasMessageContaining("'permissions' is 'person'")
        .hasMessageContaining("parent_once");
  }
}
