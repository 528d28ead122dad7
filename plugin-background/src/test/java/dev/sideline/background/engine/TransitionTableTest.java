package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every row of the table of states, with every kind of input, from the table itself: whatever comes
 * to a task in a state leaves it there, or takes it where the table allows, and so on from there.
 */
class TransitionTableTest {

  /** LaunchOptions under which everything that can end a task may do so. */
  private static final LaunchOptions STRICT =
      new LaunchOptions(
          0, LaunchOptions.Notify.EACH, 90_000, 20_000, new Budget(5, 1_000, 1), "key", null);

  /** Comes to its end by itself, and not well. */
  private static final LaunchOptions BOUNDED =
      new LaunchOptions(0, LaunchOptions.Notify.EACH, 60_000, 0, Budget.UNLIMITED, null, null);

  /** A task in a state, with the engine that it is in. */
  private record Situation(EngineScenario scenario, TaskId id) {

    Task task() {
      return scenario.task(id);
    }

    /** The states that it was published in, in order. */
    List<TaskStatus> path() {
      return scenario.allEffects(Effect.Publish.class).stream()
          .map(Effect.Publish::event)
          .filter(PluginEvent.TaskChanged.class::isInstance)
          .map(PluginEvent.TaskChanged.class::cast)
          .filter(changed -> changed.taskId().equals(id.value()))
          .map(changed -> TaskStatus.valueOf(changed.status().name()))
          .toList();
    }

    List<Input> samples(Class<?> kind) {
      List<Notice> notices = scenario.notices();
      String notice = notices.isEmpty() ? null : scenario.lastNotice().messageId();
      return new EveryInput(task(), notice).of(kind);
    }
  }

  /** Ways for a task to be in a state. */
  private enum Way {
    QUEUED(TaskStatus.PENDING),
    FOLLOWING(TaskStatus.PENDING),
    OPENING(TaskStatus.STARTING),
    PROMPTING(TaskStatus.STARTING),
    WORKING(TaskStatus.RUNNING),
    ANSWERED(TaskStatus.RUNNING),
    WAITING_FOR_OWN(TaskStatus.RUNNING),
    RETRYING(TaskStatus.RETRYING),
    ASKING(TaskStatus.INPUT_REQUIRED),
    ASKING_BRIEFLY(TaskStatus.INPUT_REQUIRED),
    STOPPING(TaskStatus.CANCELLING),
    STOPPING_WHILE_OPENING(TaskStatus.CANCELLING),
    OVERDUE(TaskStatus.CANCELLING),
    COMPLETED(TaskStatus.COMPLETED),
    COMPLETED_AND_TOLD(TaskStatus.COMPLETED),
    FAILED(TaskStatus.FAILED),
    FAILED_AND_TOLD(TaskStatus.FAILED),
    CANCELLED(TaskStatus.CANCELLED),
    CANCELLED_BEFORE_IT_BEGAN(TaskStatus.CANCELLED);

    private final TaskStatus status;

    Way(TaskStatus status) {
      this.status = status;
    }

    private String[] settings() {
      return switch (this) {
        case QUEUED, CANCELLED_BEFORE_IT_BEGAN -> new String[] {"max_running=1"};
        case WAITING_FOR_OWN -> new String[] {"max_depth=3"};
        case ASKING_BRIEFLY -> new String[] {"input_timeout_seconds=5", "on_input_timeout=cancel"};
        default -> new String[0];
      };
    }

    Situation situation() {
      // What was never asked for is answered in some of the inputs, which break off then.
      EngineScenario scenario = new EngineScenario(settings()).expectDefects();
      TaskId other = null;
      if (this == QUEUED || this == FOLLOWING || this == CANCELLED_BEFORE_IT_BEGAN) {
        other = scenario.launch("parent", BOUNDED);
        scenario.run(other);
      }
      TaskId id =
          this == FOLLOWING
              ? scenario.launch("parent", STRICT, other)
              : scenario.launch("parent", STRICT);
      lead(scenario, id);
      Situation situation = new Situation(scenario, id);
      assertThat(situation.task().status()).as(name()).isEqualTo(status);
      return situation;
    }

    private void lead(EngineScenario scenario, TaskId id) {
      switch (this) {
        case QUEUED, FOLLOWING, OPENING -> {}
        case PROMPTING -> scenario.open(id);
        case WORKING -> scenario.run(id);
        case ANSWERED -> scenario.idle(scenario.run(id));
        case WAITING_FOR_OWN -> {
          String session = scenario.run(id);
          scenario.launch(session);
          scenario.finish(id, "soon");
        }
        case RETRYING ->
            scenario.event(
                new SessionEvent.StatusChanged(
                    scenario.run(id), SessionStatus.retrying(1, "overloaded", null)));
        case ASKING, ASKING_BRIEFLY ->
            scenario.event(
                new SessionEvent.RequestAsked(
                    EveryInput.request(scenario.run(id), EveryInput.REQUEST)));
        case STOPPING -> stop(scenario, id);
        case STOPPING_WHILE_OPENING, CANCELLED_BEFORE_IT_BEGAN -> scenario.cancel("parent", id);
        case OVERDUE -> {
          scenario.run(id);
          scenario.pass(Duration.ofMillis(STRICT.timeoutMillis()));
        }
        case COMPLETED -> complete(scenario, id);
        case COMPLETED_AND_TOLD -> {
          complete(scenario, id);
          tell(scenario);
        }
        case FAILED -> fail(scenario, id);
        case FAILED_AND_TOLD -> {
          fail(scenario, id);
          tell(scenario);
        }
        case CANCELLED -> {
          stop(scenario, id);
          scenario.apply(new Input.AbortEnded(id));
          scenario.finds(id, Kind.STOPPED, "");
        }
      }
    }

    private static void stop(EngineScenario scenario, TaskId id) {
      scenario.run(id);
      scenario.cancel("parent", id);
    }

    private static void complete(EngineScenario scenario, TaskId id) {
      scenario.run(id);
      scenario.finish(id, "42");
    }

    private static void fail(EngineScenario scenario, TaskId id) {
      scenario.idle(scenario.run(id));
      scenario.finds(id, Kind.BROKEN, "it said no");
    }

    private static void tell(EngineScenario scenario) {
      scenario.passSeconds(2);
      scenario.arrive();
    }
  }

  private static Stream<Class<?>> kinds() {
    return Arrays.stream(Input.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @EnumSource
  void an_input_takes_a_task_only_where_the_table_allows(Way way) {
    kinds().forEach(kind -> everySample(way, kind));
  }

  private static void everySample(Way way, Class<?> kind) {
    List<Input> samples = way.situation().samples(kind);
    assertThat(samples).as("samples of %s", kind.getSimpleName()).isNotEmpty();
    for (Input input : samples) {
      // Anew for each, so that none meets what another has left behind.
      Situation situation = way.situation();
      Task before = situation.task();
      situation.scenario().apply(input);
      checkStep(before, situation, input);
      situation.scenario().passSeconds(300);
      checkPath(situation, input);
      checkTerminal(before, situation, input);
    }
  }

  private static void checkStep(Task before, Situation situation, Input input) {
    TaskStatus from = before.status();
    TaskStatus to = situation.task().status();
    boolean allowed = to == from || reachable(from).contains(to);
    assertThat(allowed).as("from %s to %s by %s", from, to, input).isTrue();
    checkPath(situation, input);
    checkTerminal(before, situation, input);
  }

  /** Where a task may be after any number of moves: one input may be worth several. */
  private static Set<TaskStatus> reachable(TaskStatus from) {
    Set<TaskStatus> reachable = EnumSet.noneOf(TaskStatus.class);
    Deque<TaskStatus> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      TaskStatus at = open.remove();
      Arrays.stream(TaskStatus.values())
          .filter(at::canMoveTo)
          .filter(reachable::add)
          .forEach(open::add);
    }
    return reachable;
  }

  private static void checkPath(Situation situation, Input input) {
    List<TaskStatus> path = situation.path();
    for (int i = 1; i < path.size(); i++) {
      assertThat(path.get(i - 1).canMoveTo(path.get(i))).as("%s by %s", path, input).isTrue();
    }
    assertThat(situation.task().status()).isEqualTo(path.get(path.size() - 1));
  }

  private static void checkTerminal(Task before, Situation situation, Input input) {
    if (before.status().terminal()) {
      assertThat(situation.task()).as("after %s", input).isEqualTo(before);
    }
  }

  @Test
  void every_row_of_the_table_is_travelled_by_some_input() {
    Set<String> travelled = new TreeSet<>();
    for (Way way : Way.values()) {
      kinds().forEach(kind -> travelled.addAll(moves(way, kind)));
    }
    assertThat(travelled).containsExactlyInAnyOrderElementsOf(rows());
  }

  private static List<String> moves(Way way, Class<?> kind) {
    List<String> moves = new ArrayList<>();
    for (Input input : way.situation().samples(kind)) {
      Situation situation = way.situation();
      situation.scenario().apply(input);
      situation.scenario().passSeconds(300);
      List<TaskStatus> path = situation.path();
      for (int step = 1; step < path.size(); step++) {
        moves.add(path.get(step - 1) + " to " + path.get(step));
      }
    }
    return moves;
  }

  private static List<String> rows() {
    Function<TaskStatus, Stream<String>> row =
        from ->
            Arrays.stream(TaskStatus.values())
                .filter(from::canMoveTo)
                .map(to -> from + " to " + to);
    return Arrays.stream(TaskStatus.values()).flatMap(row).toList();
  }
}
