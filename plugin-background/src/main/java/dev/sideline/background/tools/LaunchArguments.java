package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.text.AgentText;
import dev.sideline.background.text.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads the arguments of a launch, and fills in what holds where they say nothing. */
final class LaunchArguments {

  private static final int MAX_DESCRIPTION_CHARS = 200;
  private static final int MAX_NAME_CHARS = 200;
  private static final int MAX_PATH_CHARS = 4_096;
  private static final int MAX_SCHEMA_CHARS = 32_768;
  private static final int MAX_AFTER = 100;
  private static final int MAX_PRIORITY = 100;

  private static final int MAX_SHARED = 1_000;

  private final Settings settings;

  /** What holds for most launches, so that most tasks share it. */
  private final LaunchOptions usual;

  /** Agents that were named before: tasks of one agent share its name. */
  private final Map<String, String> agents = new ConcurrentHashMap<>();

  LaunchArguments(Settings settings) {
    this.settings = settings;
    this.usual = options(Arguments.none());
  }

  /**
   * What a launch asks for.
   *
   * @param after the tasks that have to end first, by any of their ids
   * @param resumes the task in whose session it goes on; null for a session of its own
   */
  record Launch(
      TaskSpec spec, LaunchOptions options, List<String> after, @Nullable String resumes) {

    /** The same in a folder; null for where its parent works. */
    Launch in(@Nullable String directory) {
      return new Launch(spec.in(directory), options, after, resumes);
    }
  }

  Launch read(Arguments arguments) {
    String description = arguments.text("description", MAX_DESCRIPTION_CHARS).strip();
    String prompt = arguments.text("prompt", settings.texts().maxPrompt());
    String resumes = arguments.optionalText("task_id", BackgroundTool.MAX_REF_CHARS);
    TaskSpec spec =
        new TaskSpec(
            description,
            prompt,
            agent(arguments),
            model(arguments),
            variant(arguments),
            directory(arguments, resumes),
            resultSchema(arguments));
    return new Launch(
        spec,
        shared(options(arguments)),
        arguments.texts("after", MAX_AFTER, BackgroundTool.MAX_REF_CHARS),
        resumes);
  }

  /** Empty for the agent of the task that is gone on with, or for the default one. */
  private String agent(Arguments arguments) {
    String agent = arguments.optionalText("agent", MAX_NAME_CHARS);
    if (agent == null) {
      return "";
    }
    String name = agent.strip();
    if (agents.size() < MAX_SHARED) {
      agents.putIfAbsent(name, name);
    }
    return agents.getOrDefault(name, name);
  }

  private @Nullable ModelRef model(Arguments arguments) {
    refuseIfSet(arguments, "model");
    String model =
        settings.models().override() ? arguments.optionalText("model", MAX_NAME_CHARS) : null;
    if (model == null) {
      return null;
    }
    try {
      return ModelRef.parse(model.strip());
    } catch (IllegalArgumentException e) {
      throw arguments.notAllowed("model", TextNode.valueOf(model), "PROVIDER/MODEL");
    }
  }

  private @Nullable String variant(Arguments arguments) {
    refuseIfSet(arguments, "variant");
    String variant =
        settings.models().override() ? arguments.optionalText("variant", MAX_NAME_CHARS) : null;
    return variant == null ? null : variant.strip();
  }

  private void refuseIfSet(Arguments arguments, String name) {
    if (!settings.models().override()) {
      arguments.refuse(
          name,
          "the operator has set which model each agent works with (setting model_override); leave"
              + " it out.");
    }
  }

  private static @Nullable String directory(Arguments arguments, @Nullable String resumes) {
    if (resumes != null) {
      arguments.refuse(
          "directory", "a task that is gone on with stays where it was; leave out one of the two.");
    }
    return arguments.optionalText("directory", MAX_PATH_CHARS);
  }

  private static @Nullable String resultSchema(Arguments arguments) {
    ObjectNode schema = arguments.object("result_schema");
    if (schema == null) {
      return null;
    }
    String text = Json.text(schema);
    if (text.length() > MAX_SCHEMA_CHARS) {
      throw new BadArgument(
          "'result_schema' has "
              + text.length()
              + " characters; it must have "
              + MAX_SCHEMA_CHARS
              + " at most.");
    }
    return text;
  }

  private LaunchOptions shared(LaunchOptions options) {
    return options.equals(usual) ? usual : options;
  }

  private LaunchOptions options(Arguments arguments) {
    String notify = arguments.choice("notify", List.of("each", "all", "silent"));
    return new LaunchOptions(
        arguments.number("priority", 0, -MAX_PRIORITY, MAX_PRIORITY),
        notify == null ? Notify.EACH : Notify.valueOf(notify.toUpperCase(Locale.ROOT)),
        millis(arguments, "timeout_seconds", settings.watchdog().timeout()),
        millis(arguments, "stall_seconds", settings.watchdog().stall()),
        budget(arguments.inner("budget")),
        arguments.optionalText("idempotency_key", MAX_NAME_CHARS),
        arguments.optionalText("requested_by", MAX_NAME_CHARS));
  }

  private static long millis(Arguments arguments, String name, Duration otherwise) {
    return arguments.has(name)
        ? 1_000L * arguments.number(name, 1, 1, SettingsReader.MAX_TIMEOUT_SECONDS)
        : otherwise.toMillis();
  }

  /** No more than the operator allows for each task. */
  private Budget budget(Arguments arguments) {
    Budget most = settings.watchdog().perTask();
    Budget asked =
        new Budget(
            count(arguments, "max_tool_calls", most.maxToolCalls(), SettingsReader.MAX_TOOL_CALLS),
            count(arguments, "max_tokens", most.maxTokens(), SettingsReader.MAX_TOKENS),
            arguments.amount(
                "max_cost_usd",
                most.maxCostUsd(),
                most.maxCostUsd() > 0 ? most.maxCostUsd() : SettingsReader.MAX_COST_USD,
                where("max_cost_usd", most.maxCostUsd() > 0)));
    return asked.equals(most) ? most : asked;
  }

  private static long count(Arguments arguments, String name, long most, long otherwise) {
    return arguments.number(name, most, 1, most > 0 ? most : otherwise, where(name, most > 0));
  }

  private static String where(String setting, boolean set) {
    return set ? " (setting " + setting + ")" : "";
  }

  private static String agentText(List<AgentInfo> agents) {
    return agents.isEmpty()
        ? "Name of the agent that is to do it; leave it out for the default one. If there is none"
            + " of that name, you are told which there are"
        : "Name of the agent that is to do it: " + AgentText.names(agents);
  }

  private static String directoryText(List<String> listed) {
    return listed.isEmpty()
        ? "Leave it out: tasks work where you work"
        : "Where it works; default: where you work. Allowed besides: " + String.join(", ", listed);
  }

  /** Some programs show a model no defaults but those that stand in words. */
  private static String unlessSaid(Duration set) {
    return set.isZero() ? "no limit if left out" : set.toSeconds() + " if left out";
  }

  /** JSON Schema of all arguments. */
  static String schema(Settings settings, List<AgentInfo> agents, Promise promise) {
    String models =
        settings.models().override()
            ? """
            "model":{"type":"string","description":"PROVIDER/MODEL to use instead of the agent's own"},
            "variant":{"type":"string","description":"Variant of the model, such as an effort"},
            """
            : "";
    Budget most = settings.watchdog().perTask();
    return String.format(
        Locale.ROOT,
        """
        {"type":"object","properties":{
        "description":{"type":"string","description":"What the task is about, in 3 to 10 words"},
        "prompt":{"type":"string","description":"Everything the agent needs to know and do"},
        "agent":{"type":"string","description":%s},
        %s"task_id":{"type":"string","description":"Go on in the session of this task, which has ended"},
        "directory":{"type":"string","description":%s},
        "after":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":%d,\
        "description":"Tasks that have to end before this one starts"},
        "priority":{"type":"integer","minimum":%d,"maximum":%d,"default":0,\
        "description":"Of your waiting tasks the one with the highest starts first; 0 if left out"},
        "timeout_seconds":{"type":"integer","minimum":1,"maximum":%d,\
        "description":"Stop it when it has worked for so long, not counting its wait for a slot; %s"},
        "stall_seconds":{"type":"integer","minimum":1,"maximum":%d,\
        "description":"Tell you when it has given no sign of life for so long; %s"},
        "budget":{"type":"object","properties":{
        "max_tool_calls":{"type":"integer","minimum":1,"maximum":%d},
        "max_tokens":{"type":"integer","minimum":1,"maximum":%d},
        "max_cost_usd":{"type":"number","exclusiveMinimum":0,"maximum":%s}},
        "additionalProperties":false,"description":"Stop it when it has used more than this"},
        "notify":{"type":"string","enum":["each","all","silent"],"default":"each",\
        "description":"each, the default: %s; all: only when the last of yours has ended; silent: not told"},
        "result_schema":{"type":"object","description":"JSON Schema that its answer has to fit"},
        "idempotency_key":{"type":"string","description":"A second launch with the same key and arguments makes no second task"},
        "requested_by":{"type":"string","description":"Who wanted this; shown with the task"}},
        "required":["description","prompt"],"additionalProperties":false}\
        """,
        Json.quoted(agentText(agents)),
        models,
        Json.quoted(directoryText(settings.rights().directories())),
        MAX_AFTER,
        -MAX_PRIORITY,
        MAX_PRIORITY,
        SettingsReader.MAX_TIMEOUT_SECONDS,
        unlessSaid(settings.watchdog().timeout()),
        SettingsReader.MAX_TIMEOUT_SECONDS,
        unlessSaid(settings.watchdog().stall()),
        most.maxToolCalls() > 0 ? most.maxToolCalls() : SettingsReader.MAX_TOOL_CALLS,
        most.maxTokens() > 0 ? most.maxTokens() : SettingsReader.MAX_TOKENS,
        most.maxCostUsd() > 0
            ? Double.toString(most.maxCostUsd())
            : Integer.toString(SettingsReader.MAX_COST_USD),
        promise.each());
  }
}
