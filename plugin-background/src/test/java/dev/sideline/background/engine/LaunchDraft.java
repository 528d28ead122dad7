package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.util.List;
import java.util.stream.Stream;

/** A launch that a test is about to make; what it does not say is as plain as can be. */
final class LaunchDraft {

  private final EngineScenario scenario;
  private final String caller;
  private String prompt = "do it";
  private String agent = "agent";
  private ModelRef model;
  private String variant;
  private String schema;
  private int priority;
  private Notify notification = Notify.EACH;
  private long timeoutSeconds;
  private long stallSeconds;
  private Budget budget = Budget.UNLIMITED;
  private String key;
  private List<String> after = List.of();
  private String resumes;

  LaunchDraft(EngineScenario scenario, String caller) {
    this.scenario = scenario;
    this.caller = caller;
  }

  LaunchDraft prompt(String text) {
    prompt = text;
    return this;
  }

  LaunchDraft agent(String name) {
    agent = name;
    return this;
  }

  /**
   * @param ref {@code provider/model}
   */
  LaunchDraft model(String ref) {
    model = ModelRef.parse(ref);
    return this;
  }

  LaunchDraft variant(String name) {
    variant = name;
    return this;
  }

  LaunchDraft schema(String text) {
    schema = text;
    return this;
  }

  LaunchDraft priority(int value) {
    priority = value;
    return this;
  }

  LaunchDraft notify(Notify how) {
    notification = how;
    return this;
  }

  LaunchDraft timeoutSeconds(long seconds) {
    timeoutSeconds = seconds;
    return this;
  }

  LaunchDraft stallSeconds(long seconds) {
    stallSeconds = seconds;
    return this;
  }

  LaunchDraft budget(long toolCalls, long tokens, double costUsd) {
    budget = new Budget(toolCalls, tokens, costUsd);
    return this;
  }

  LaunchDraft key(String idempotencyKey) {
    key = idempotencyKey;
    return this;
  }

  LaunchDraft after(TaskId... tasks) {
    return afterRefs(Stream.of(tasks).map(TaskId::value).toArray(String[]::new));
  }

  LaunchDraft afterRefs(String... refs) {
    after = List.of(refs);
    return this;
  }

  /** Goes on in the session of a settled task, with its agent. */
  LaunchDraft resumes(TaskId task) {
    return resumes(task.value());
  }

  LaunchDraft resumes(String ref) {
    resumes = ref;
    agent = "";
    return this;
  }

  /** Makes the launch, which must be accepted. */
  TaskId accepted() {
    return launched().task().task().id();
  }

  /** Makes the launch, which must be accepted or have been before. */
  Answer.Launched launched() {
    return (Answer.Launched) answer();
  }

  /** Makes the launch. */
  Answer answer() {
    TaskSpec spec = new TaskSpec("a task", prompt, agent, model, variant, null, schema);
    LaunchOptions options =
        new LaunchOptions(
            priority,
            notification,
            timeoutSeconds * 1_000,
            stallSeconds * 1_000,
            budget,
            key,
            null);
    return scenario.answer(scenario.tryLaunch(caller, spec, options, after, resumes));
  }
}
