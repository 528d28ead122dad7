package dev.sideline.background.settings;

import dev.sideline.api.ModelRef;
import dev.sideline.api.PluginSetting;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.settings.Settings.Launches;
import dev.sideline.background.settings.Settings.Notices;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.settings.Settings.OnRestart;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.settings.Settings.Permissions;
import dev.sideline.background.settings.Settings.Requests;
import dev.sideline.background.settings.Settings.Retention;
import dev.sideline.background.settings.Settings.Rights;
import dev.sideline.background.settings.Settings.Sessions;
import dev.sideline.background.settings.Settings.Slots;
import dev.sideline.background.settings.Settings.Texts;
import dev.sideline.background.settings.Settings.Watchdog;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the settings of the plugin from flat keys and values. The one place that knows keys,
 * defaults and ranges; {@link #documented} lists them.
 */
public final class SettingsReader {

  /** The longest time that a task may be given, in seconds: a week. */
  public static final int MAX_TIMEOUT_SECONDS = 604_800;

  /** The most tool calls that a budget may allow. */
  public static final int MAX_TOOL_CALLS = 1_000_000;

  /** The most tokens that a budget may allow. */
  public static final long MAX_TOKENS = 1_000_000_000_000L;

  /** The most US dollars that a budget may allow. */
  public static final int MAX_COST_USD = 1_000_000;

  private static final int MAX_SLOTS = 100_000;

  private final ValueReader values;

  private SettingsReader(Map<String, String> given) {
    this.values = new ValueReader(given);
  }

  /** The settings that hold when the operator has written none. */
  public static Settings defaults() {
    return read(Map.of());
  }

  /**
   * Reads settings.
   *
   * @throws IllegalArgumentException if a key is unknown or a value not allowed; the message names
   *     all of them, each with its value and what is allowed
   */
  public static Settings read(Map<String, String> given) {
    SettingsReader reader = new SettingsReader(given);
    Settings settings = reader.settings();
    List<String> problems = new ArrayList<>(reader.values.problems());
    if (settings.requests().onTimeout() == OnTimeout.ALLOW
        && settings.rights().permissions() == Permissions.PERSON) {
      problems.add(
          "setting 'on_input_timeout' is 'allow', which gives permissions without a person, but"
              + " 'permissions' is 'person'; set 'permissions' to 'parent_once' if that is meant,"
              + " or 'on_input_timeout' to 'reject' or 'cancel'");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return settings;
  }

  /** All settings, in the order in which a person would read about them. */
  public static List<PluginSetting> documented() {
    SettingsReader reader = new SettingsReader(Map.of());
    reader.settings();
    return reader.values.documented();
  }

  private Settings settings() {
    return new Settings(
        slots(),
        launches(),
        rights(),
        models(),
        watchdog(),
        requests(),
        notices(),
        sessions(),
        retention(),
        texts(),
        maxWait(),
        disposeWithin());
  }

  private Slots slots() {
    values.group("How many tasks run at once");
    return new Slots(
        values.limit("max_running", 16, MAX_SLOTS, "tasks that run at once, over all sessions"),
        values.limit(
            "max_running_per_parent", 8, MAX_SLOTS, "tasks of one session that run at once"),
        values.limit(
            "max_running_per_tree",
            0,
            MAX_SLOTS,
            "tasks of a session and of all tasks below it that run at once"),
        values.keyLimits(
            "max_running_per_agent", "AGENT", MAX_SLOTS, "tasks of one agent that run at once"),
        values.keyLimits(
            "max_running_per_model",
            "PROVIDER/MODEL",
            MAX_SLOTS,
            "tasks with one model that run at once"),
        values.keyLimits(
            "max_running_per_provider",
            "PROVIDER",
            MAX_SLOTS,
            "tasks with models of one provider that run at once"),
        values.count("max_starting", 4, MAX_SLOTS, "child sessions that are being started at once"),
        values.choice(
            "when_full",
            WhenFull.WAIT,
            "what happens to a launch that cannot start at once: it waits, or is refused"));
  }

  private Launches launches() {
    values.group("What may be launched");
    return new Launches(
        values.count(
            "max_tasks",
            10_000,
            1_000_000,
            "tasks that wait, run or are not yet announced, over all sessions; a launch beyond is"
                + " refused"),
        values.count("max_tasks_per_parent", 1_000, 1_000_000, "likewise, of one session"),
        values.number(
            "max_tasks_bytes",
            64L << 20,
            1L << 16,
            1L << 40,
            "memory that the prompts, messages and answers of these may take, and of those whose"
                + " siblings still run, in bytes, over all sessions; a launch beyond is refused"),
        values.limit(
            "max_launches_per_parent",
            1_000,
            1_000_000,
            "tasks that one session may launch in all its life"),
        values.count(
            "max_depth",
            1,
            16,
            "how many tasks deep tasks may launch tasks; 1: only sessions do, and their tasks may"
                + " not"),
        Math.toIntExact(
            values.number(
                "launch_retries",
                3,
                0,
                10,
                "how often a launch is tried again that failed for a passing reason; 0: never")),
        values.choice(
            "after_failed",
            AfterFailed.FAIL,
            "what becomes of a task that was to start after one that has not succeeded: it fails"
                + " too, or runs all the same"));
  }

  private Rights rights() {
    values.group("What those who launch may ask for");
    return new Rights(
        namedAgents(
            values.words(
                "agents",
                "names of agents, or * for all",
                "agents that may be launched besides those that the host offers to other agents;"
                    + " what the host forbids an agent stays forbidden")),
        values.words(
            "directories",
            "paths, each absolute or counted from where the parent works",
            "folders that tasks may be launched in besides that of their parent, with all that is"
                + " below them"),
        values.choice(
            "permissions",
            Permissions.PERSON,
            "who may give a task a permission that it asks for: a person, or also the session that"
                + " launched it, each time anew and never for good"));
  }

  private static NamedAgents namedAgents(List<String> words) {
    Set<String> names = new LinkedHashSet<>(words);
    boolean all = names.remove(Models.ANY_AGENT);
    return new NamedAgents(all, names);
  }

  private Models models() {
    values.group("Which models agents work with");
    return new Models(
        values.byAgent("models", "PROVIDER/MODEL", SettingsReader::model, "the model of an agent"),
        values.byAgent(
            "variants",
            "VARIANT",
            SettingsReader::word,
            "the variant of an agent's model, such as an effort"),
        values.byAgent(
            "fallback_models",
            "PROVIDER/MODEL > PROVIDER/MODEL > …",
            SettingsReader::modelsInTurn,
            "the models that an agent's task is gone on with in turn when one fails"),
        values.choice(
                "model_override",
                ModelOverride.ALLOW,
                "whether a launch may name another model or variant")
            == ModelOverride.ALLOW);
  }

  private enum ModelOverride {
    ALLOW,
    REFUSE
  }

  private static ModelRef model(String text) {
    return ModelRef.parse(word(text));
  }

  private static List<ModelRef> modelsInTurn(String text) {
    return Arrays.stream(text.split(">", -1))
        .map(String::strip)
        .map(SettingsReader::model)
        .toList();
  }

  private static String word(String text) {
    if (text.isEmpty() || text.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("not one word: '" + text + "'");
    }
    return text;
  }

  private Watchdog watchdog() {
    values.group("When a task is stopped that does not end by itself");
    return new Watchdog(
        values.secondsOrUnlimited(
            "timeout_seconds",
            0,
            MAX_TIMEOUT_SECONDS,
            "how long a task may take from its start, unless its launch says otherwise"),
        values.secondsOrUnlimited(
            "stall_seconds",
            600,
            MAX_TIMEOUT_SECONDS,
            "how long a task may give no sign of life before its parent is told, unless its launch"
                + " says otherwise"),
        values.choice(
            "on_stall",
            OnStall.REPORT,
            "what is done when it still gives none after as long again: nothing more, its agent is"
                + " told to go on, it is cancelled, it fails"),
        values.limit(
            "loop_calls",
            10,
            1_000,
            "how often in a row a task may call the same tool with the same arguments"),
        budget("max", "what a task may use: "),
        budget(
            "max_tree", "what the tasks of a session and of all tasks below it may use together: "),
        values.secondsOrUnlimited(
            "retrying_seconds",
            600,
            86_400,
            "how long a host may try a task's model again and again"));
  }

  private Budget budget(String prefix, String meaning) {
    return new Budget(
        values.limit(prefix + "_tool_calls", 0, MAX_TOOL_CALLS, meaning + "tool calls"),
        values.limit(prefix + "_tokens", 0, MAX_TOKENS, meaning + "tokens of all kinds"),
        values.dollars(prefix + "_cost_usd", MAX_COST_USD, meaning + "US dollars"));
  }

  private Requests requests() {
    values.group("Permissions and questions of tasks");
    return new Requests(
        values.secondsOrUnlimited(
            "input_timeout_seconds",
            3_600,
            2_592_000,
            "how long a permission or question of a task waits for an answer"),
        values.choice(
            "on_input_timeout",
            OnTimeout.REJECT,
            "what is answered then: no; yes to a permission, no to a question; nothing, and the"
                + " task is cancelled"));
  }

  private Notices notices() {
    values.group("How sessions are told of their tasks");
    return new Notices(
        Duration.ofMillis(
            values.number(
                "notice_delay_ms",
                300,
                0,
                60_000,
                "how long the end of a task may wait for others to be told with it, in"
                    + " milliseconds")),
        Duration.ofSeconds(
            values.number(
                "busy_parent_seconds",
                60,
                0,
                3_600,
                "how long a session that is at work may finish that before it is told of its"
                    + " tasks")),
        values.limit(
            "max_wakes",
            25,
            100_000,
            "how often in a row a session is set to work by its tasks before a person has said"
                + " something"));
  }

  private Sessions sessions() {
    values.group("How sessions are followed");
    return new Sessions(
        values.choice(
                "adopt_children",
                YesNo.NO,
                "whether sessions count as tasks that the host itself creates under one that has"
                    + " tasks")
            == YesNo.YES,
        values.choice(
            "on_parent_deleted",
            OnParentDeleted.CANCEL,
            "what happens to running tasks when the session that launched them is deleted: they are"
                + " cancelled, or run to their end and nobody is told"),
        values.choice(
            "on_parent_interrupted",
            OnParentInterrupted.LEAVE,
            "what happens to running tasks when the session that launched them is stopped in the"
                + " host: nothing, it is not told of them, they are cancelled"),
        values.seconds(
            "reconcile_seconds", 15, 3_600, "how often the host is asked about silent tasks"),
        values.seconds(
            "lost_seconds",
            20,
            3_600,
            "how long a session may be idle in the middle of its work before its task is lost"),
        values.choice(
            "on_restart",
            OnRestart.RESUME,
            "what is done then, as when the host was restarted: its agent is told to go on, its"
                + " parent is told, it fails"),
        values.seconds(
            "cancel_grace_seconds",
            30,
            600,
            "how long a cancelled session may take to become quiet before it is given up"),
        values.seconds(
            "call_timeout_seconds",
            60,
            3_600,
            "how long a call to the host may take before it counts as one of which nobody knows"
                + " what came of it"));
  }

  private enum YesNo {
    YES,
    NO
  }

  private Retention retention() {
    values.group("How long finished tasks stay readable");
    return new Retention(
        values.count("retained_max_count", 1_000, 1_000_000, "finished tasks that stay readable"),
        values.number(
            "retained_max_bytes",
            64L << 20,
            1L << 16,
            1L << 40,
            "memory that finished tasks may take, in bytes"),
        values.seconds(
            "retained_lifetime_seconds",
            86_400,
            31_536_000,
            "how long a finished task stays in memory once its parent was told"),
        values.count(
            "recorded_max_count",
            100_000,
            10_000_000,
            "finished tasks that stay in the record, where the host has a database"),
        values.number(
            "recorded_max_chars",
            1L << 30,
            1L << 20,
            1L << 44,
            "how long the texts of all these may be together, in characters"),
        values.seconds(
            "recorded_lifetime_seconds",
            7_776_000,
            315_360_000,
            "how long a finished task stays in the record"));
  }

  private Texts texts() {
    values.group("How long texts may be");
    return new Texts(
        values.count("max_prompt_chars", 200_000, 10_000_000, "the longest prompt"),
        values.count(
            "max_result_chars", 200_000, 10_000_000, "how much of an answer is kept, its end"),
        values.count(
            "max_output_chars",
            12_000,
            1_000_000,
            "how much of an answer one call returns unless it asks for less or more"));
  }

  private Duration maxWait() {
    values.group("Waiting");
    return values.seconds("max_wait_seconds", 3_600, 86_400, "the longest wait of one call");
  }

  private Duration disposeWithin() {
    return values.seconds(
        "dispose_seconds", 5, 60, "how long running tasks may take to stop at a shutdown");
  }
}
