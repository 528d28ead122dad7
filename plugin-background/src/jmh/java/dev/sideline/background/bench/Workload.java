package dev.sideline.background.bench;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginEvent.TaskChanged;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.runtime.BackgroundRuntime;
import dev.sideline.background.runtime.TaskStores;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** A runtime with tasks that a number of parents have launched, spread evenly over them. */
final class Workload implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  private final int tasks;
  private final List<String> parents;
  private final Set<String> knownParents;
  private final CountDownLatch running;
  private final CountDownLatch completed;
  private final CountDownLatch told;
  private final InstantHost host;
  private final BackgroundRuntime runtime;

  Workload(int tasks, int parents, Settings settings) {
    this(tasks, parents, settings, null);
  }

  /**
   * @param database null for a record that keeps nothing
   */
  Workload(int tasks, int parents, Settings settings, DataSource database) {
    this(tasks, 0, parents, settings, database, Map.of());
  }

  /**
   * Of several that use the same record one after the other.
   *
   * @param firstParent the number of its first parent
   * @param prompts of the host before; see {@link InstantHost#prompts}
   */
  Workload(
      int tasks,
      int firstParent,
      int parents,
      Settings settings,
      DataSource database,
      Map<String, String> prompts) {
    this.tasks = tasks;
    this.parents =
        IntStream.range(firstParent, firstParent + parents)
            .mapToObj("ses_parent_of_some_tasks_%05d"::formatted)
            .toList();
    this.knownParents = Set.copyOf(this.parents);
    this.running = new CountDownLatch(tasks);
    this.completed = new CountDownLatch(tasks);
    this.told = new CountDownLatch(parents);
    this.host = new InstantHost(this::prompted, this::published, database);
    host.restore(prompts);
    this.runtime = new BackgroundRuntime(host, settings, TaskStores.of(host, settings));
  }

  /** Settings under which every task has its slot at once. */
  static Settings unlimited() {
    return SettingsReader.read(
        Map.of(
            "max_running", "100000",
            "max_running_per_parent", "100000",
            "max_starting", "100000",
            "max_tasks_per_parent", "100000",
            "reconcile_seconds", "3600",
            "dispose_seconds", "1"));
  }

  InstantHost host() {
    return host;
  }

  /** Launches all tasks, each with the same spec, and waits until each has been answered. */
  void launch(TaskSpec spec) throws Exception {
    launch(task -> spec);
  }

  /** Launches all tasks and waits until each launch has been answered. */
  void launch(IntFunction<TaskSpec> assignments) throws Exception {
    launch(assignments, tasks);
  }

  /** The same, with no more than some under way at a time. */
  void launch(IntFunction<TaskSpec> assignments, int together) throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>(together);
    for (int task = 0; task < tasks; task++) {
      answers.add(launch(parents.get(task % parents.size()), assignments.apply(task)));
      if (answers.size() == together || task == tasks - 1) {
        for (CompletableFuture<Answer> answer : answers) {
          check(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS) instanceof Answer.Launched);
        }
        answers.clear();
      }
    }
  }

  /** Launches a task of one of the parents; completes when that has been answered. */
  CompletableFuture<Answer> launch(int parent, TaskSpec spec) {
    return launch(parents.get(parent), spec);
  }

  private CompletableFuture<Answer> launch(String parent, TaskSpec spec) {
    return runtime.ask(
        call ->
            new Input.Launch(
                call,
                parent,
                spec,
                LaunchOptions.NONE,
                List.of(),
                null,
                LaunchableAgents.any(),
                Reach.WOKEN),
        CancelSignal.NEVER);
  }

  /** Waits until the agents of all tasks are at work. */
  void awaitRunning() throws InterruptedException {
    check(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    awaitTaken();
  }

  /** Waits until every task has completed and every parent has been woken to hear of it. */
  void awaitTold() throws InterruptedException {
    check(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    check(completed.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Waits until the engine has taken every event that was given to the runtime before. */
  void awaitTaken() {
    Answer unused =
        runtime
            .ask(
                call -> new Input.Output(call, "ses_nobody", List.of(), WaitMode.NONE, 0),
                CancelSignal.NEVER)
            .join();
  }

  /** Waits until the notices to a parent are known to have arrived. */
  void awaitArrived(int parent) {
    boolean owed = true;
    while (owed) {
      owed = list(parent).tasks().stream().anyMatch(Answer.View::noticePending);
    }
  }

  /** The newest tasks of a parent. */
  Answer.Listed list(int parent) {
    Answer answer =
        runtime
            .ask(
                call -> new Input.ListTasks(call, parents.get(parent), null, 20),
                CancelSignal.NEVER)
            .join();
    check(answer instanceof Answer.Listed);
    return (Answer.Listed) answer;
  }

  /** The sessions that launch the tasks. */
  List<String> parents() {
    return parents;
  }

  /** The sessions that the tasks run in. */
  List<String> children() {
    return host.promptedSessions().stream()
        .filter(session -> !knownParents.contains(session))
        .collect(Collectors.toList());
  }

  /** Does as a host that asks before it tells. */
  void event(SessionEvent event) {
    if (runtime.observes(event.sessionId())) {
      runtime.onEvent(event);
    }
  }

  @Override
  public void close() {
    host.finish();
    runtime.close();
  }

  private void prompted(Prompt prompt) {
    if (prompt.wake() && knownParents.contains(prompt.sessionId())) {
      told.countDown();
    }
  }

  private void published(PluginEvent event) {
    if (event instanceof TaskChanged changed) {
      switch (changed.status()) {
        case RUNNING -> running.countDown();
        case COMPLETED -> completed.countDown();
        default -> {
          // Not waited for.
        }
      }
    }
  }

  private static void check(boolean expected) {
    if (!expected) {
      throw new IllegalStateException("the tasks did not do what this benchmark is about");
    }
  }
}
