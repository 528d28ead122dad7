package dev.sideline.background.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.model.Account;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which slots are given, against one that is found by looking at all that wait. */
class AdmissionOrderTest {

  private static final int AT_WORK_BEFORE = Integer.MAX_VALUE;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max_running=4",
        "max_running=0,max_running_per_parent=1",
        "max_running=9,max_running_per_tree=2",
        "max_running=9,max_running_per_agent=3",
        "max_running=0,max_running_per_agent=b=1,max_running_per_model=2",
        "max_running=9,max_running_per_model=p/m=1; q/n=2,max_running_per_provider=2",
        "max_running=12,max_running_per_parent=3,max_running_per_tree=4,max_running_per_agent=3,"
            + "max_running_per_model=2,max_running_per_provider=4,max_starting=2"
      })
  void each_slot_goes_to_whom_a_look_at_all_that_wait_would_give_it(String settings) {
    for (int seed = 0; seed < 40; seed++) {
      Story story = new Story(settings(settings), new Random(seed));
      for (int i = 0; i < 400; i++) {
        story.next();
      }
    }
  }

  private static Settings settings(String text) {
    Map<String, String> settings = new HashMap<>();
    for (String setting : text.split(",", -1)) {
      int sign = setting.indexOf('=');
      settings.put(setting.substring(0, sign), setting.substring(sign + 1).replace(';', ','));
    }
    return SettingsReader.read(settings);
  }

  /** Tasks come and go at random. */
  private static final class Story {
    private final Settings.Slots limits;
    private final Random random;
    private final AdmissionQueue queue;
    private final List<ParentSession> parents = new ArrayList<>();
    private final List<LiveTask> idle = new ArrayList<>();
    private final List<LiveTask> waiting = new ArrayList<>();
    private final List<LiveTask> working = new ArrayList<>();
    private final Map<LiveTask, Integer> ranks = new HashMap<>();
    private final Map<ParentSession, Long> turns = new HashMap<>();
    private final Map<ParentSession, Integer> passedOver = new HashMap<>();
    private int starting;
    private int starts;
    private long time;
    private int tasks;

    Story(Settings settings, Random random) {
      this.limits = settings.slots();
      this.random = random;
      this.queue = new AdmissionQueue(settings);
      for (int i = 0; i < 7; i++) {
        List<String> ancestors = List.of("parent" + i, "root" + i % 3);
        parents.add(
            new ParentSession(
                ancestors,
                new Account("parent", new UnitOfWork()),
                new Account("parent", new UnitOfWork()),
                new UnitOfWork()));
      }
    }

    void next() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> launch();
        case 3 -> withdraw();
        case 4 -> end();
        case 5 -> rest();
        case 6 -> goOn();
        default -> grant();
      }
    }

    private void launch() {
      LiveTask live = task();
      queue.assign(live);
      queue.enqueue(live);
      enqueued(live, live.record().options().priority());
    }

    private void goOn() {
      if (!idle.isEmpty()) {
        LiveTask live = idle.remove(random.nextInt(idle.size()));
        if (random.nextInt(3) == 0) {
          queue.take(live);
          working.add(live);
        } else {
          queue.enqueueAgain(live);
          enqueued(live, AT_WORK_BEFORE);
        }
      }
    }

    private void enqueued(LiveTask live, int rank) {
      if (waiting.stream().noneMatch(other -> other.parent() == live.parent())) {
        turns.put(live.parent(), ++time);
      }
      ranks.put(live, rank);
      waiting.add(live);
    }

    private void withdraw() {
      if (!waiting.isEmpty()) {
        LiveTask live = waiting.remove(random.nextInt(waiting.size()));
        queue.dequeue(live);
        queue.leave(live);
      }
    }

    private void end() {
      if (!working.isEmpty()) {
        LiveTask live = working.remove(random.nextInt(working.size()));
        queue.release(live);
        queue.leave(live);
      }
    }

    private void rest() {
      if (!working.isEmpty()) {
        LiveTask live = working.remove(random.nextInt(working.size()));
        queue.release(live);
        idle.add(live);
      }
    }

    private void grant() {
      while (starting > 0) {
        queue.onLeftStarting();
        starting--;
      }
      LiveTask expected;
      do {
        expected = pick();
        assertThat(queue.next()).isSameAs(expected);
        if (expected != null) {
          waiting.remove(expected);
          working.add(expected);
          starting += ranks.get(expected) == AT_WORK_BEFORE ? 0 : 1;
          turns.put(expected.parent(), ++time);
        }
      } while (expected != null);
      assertThat(queue.working()).isEqualTo(working.size());
    }

    private @Nullable LiveTask pick() {
      List<LiveTask> open = waiting.stream().filter(this::mayWork).toList();
      if (open.isEmpty() || isFull(limits.maxRunning(), working.size())) {
        return null;
      }
      // Those that have waited longer stand further in front.
      Comparator<LiveTask> byRank = Comparator.<LiveTask>comparingInt(ranks::get).reversed();
      Comparator<LiveTask> byTurn = Comparator.comparingLong(live -> turns.get(live.parent()));
      LiveTask first = open.stream().min(byRank.thenComparing(byTurn)).orElseThrow();
      if (ranks.get(first) == AT_WORK_BEFORE) {
        return first;
      }
      if (isFull(limits.maxStarting(), starting)) {
        return null;
      }
      starts++;
      LiveTask next =
          starts % 4 == 0 ? open.stream().min(byTurn.thenComparing(byRank)).orElseThrow() : first;
      LiveTask oldest =
          open.stream().filter(o -> o.parent() == next.parent()).findFirst().orElseThrow();
      boolean passed = next != oldest && passedOver.merge(next.parent(), 1, Integer::sum) % 4 != 0;
      return passed ? next : oldest;
    }

    private boolean mayWork(LiveTask live) {
      Task task = live.record();
      String agent = task.spec().agent();
      String model = model(task);
      String provider = provider(task);
      return !isFull(limits.maxRunningPerParent(), count(o -> o.parent() == live.parent()))
          && !isFull(limits.maxRunningPerTree(), count(o -> o.record().root().equals(task.root())))
          && !isFull(
              limits.perAgent().of(agent), count(o -> o.record().spec().agent().equals(agent)))
          && !isFull(limits.perModel().of(model), count(o -> model(o.record()).equals(model)))
          && !isFull(
              limits.perProvider().of(provider), count(o -> provider(o.record()).equals(provider)));
    }

    private static String model(Task task) {
      ModelRef model = task.model();
      return model == null ? KeyLimits.UNNAMED : model.toString();
    }

    private static String provider(Task task) {
      ModelRef model = task.model();
      return model == null ? KeyLimits.UNNAMED : model.provider();
    }

    private int count(Predicate<LiveTask> which) {
      return (int) working.stream().filter(which).count();
    }

    private static boolean isFull(int limit, int used) {
      return limit > 0 && used >= limit;
    }

    private LiveTask task() {
      ModelRef[] models = {
        null, ModelRef.parse("p/m"), ModelRef.parse("p/n"), ModelRef.parse("q/n")
      };
      TaskSpec spec =
          new TaskSpec(
              "a task",
              "do it",
              "abc".substring(random.nextInt(3)).substring(0, 1),
              models[random.nextInt(models.length)],
              null,
              null,
              null);
      LaunchOptions options =
          new LaunchOptions(random.nextInt(3) - 1, Notify.EACH, 0, 0, Budget.UNLIMITED, null, null);
      ParentSession parent = parents.get(random.nextInt(parents.size()));
      return new LiveTask(
          parent,
          Task.pending(
              new TaskId("bg_" + ++tasks),
              parent.ancestors(),
              spec,
              options,
              Provenance.LAUNCHED,
              null,
              1));
    }
  }
}
