package dev.sideline.background.simulation;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Those who call the tools, and whether each of their calls is answered once. */
final class Callers {

  /** What a caller does after its call; given whether it was answered. */
  interface Then {
    void ended(boolean answered);
  }

  private record Call(String caller, Input input, Then then) {}

  private static final int MAX_ASKING_MILLIS = 20;
  private static final int MANY = 40;
  private static final Then NOTHING = answered -> {};

  private final VirtualTime time;
  private final SeededRandom random;
  private final WorkloadGenerator workload;
  private final Consumer<Input> mailbox;
  private final BiConsumer<Input, Answer> checks;
  private final Map<Long, Call> open = new LinkedHashMap<>();
  private final Map<Long, Call> abandoned = new LinkedHashMap<>();
  private final Set<Long> unread = new HashSet<>();

  /** Those who can be told in answers alone. */
  private final Set<String> answers = new LinkedHashSet<>();

  private boolean missed;
  private long last;

  /** Whether the plugin is there, and how often it has ended. */
  private boolean up = true;

  private int ends;

  /**
   * @param checks looks at each answer to an input
   */
  Callers(
      VirtualTime time,
      SeededRandom random,
      WorkloadGenerator workload,
      Consumer<Input> mailbox,
      BiConsumer<Input, Answer> checks) {
    this.time = time;
    this.random = random;
    this.workload = workload;
    this.mailbox = mailbox;
    this.checks = checks;
  }

  void launch(String caller, Then then) {
    ask(caller, call -> workload.launch(call, caller), then);
  }

  void launch(String caller) {
    launch(caller, NOTHING);
  }

  void output(String caller, Then then) {
    ask(caller, call -> workload.output(call, caller), then);
  }

  void output(String caller) {
    output(caller, NOTHING);
  }

  void cancel(String caller, Then then) {
    ask(caller, call -> workload.cancel(call, caller), then);
  }

  void cancel(String caller) {
    cancel(caller, NOTHING);
  }

  void send(String caller, Then then) {
    ask(caller, call -> workload.send(call, caller), then);
  }

  void send(String caller) {
    send(caller, NOTHING);
  }

  /** More than a task takes, if it has not started. */
  void sendMany(String caller) {
    String ref = workload.ref(caller);
    for (int i = 0; i < MANY; i++) {
      ask(caller, call -> workload.sendTo(ref, call, caller), NOTHING);
    }
  }

  void answer(String caller, Then then) {
    ask(caller, call -> workload.answer(call, caller), then);
  }

  void answer(String caller) {
    answer(caller, NOTHING);
  }

  void list(String caller, Then then) {
    ask(caller, call -> workload.list(call, caller), then);
  }

  void list(String caller) {
    list(caller, NOTHING);
  }

  void clearNotices(String caller, Then then) {
    ask(caller, call -> workload.clearNotices(call, caller), then);
  }

  void clearNotices(String caller) {
    clearNotices(caller, NOTHING);
  }

  void clearCompleted(String caller) {
    ask(caller, call -> new Input.ClearCompleted(call, caller), NOTHING);
  }

  /** The host tells that a session has gone, and nobody waits for what becomes of that. */
  void gone(String session) {
    ask(session, call -> new Input.ClearOwn(call, session), NOTHING);
  }

  /** Whoever runs the host looks at tasks, or does something about one. */
  void operate() {
    ask(Operators.NAME, workload::operate, NOTHING);
  }

  /** Whoever runs the host stops a task. */
  void stop(TaskId task) {
    ask(Operators.NAME, call -> new Input.OperatorCancel(call, task, "it stands still"), NOTHING);
  }

  /** Nobody waits for the answer to some call any more. */
  void giveUpOnOne() {
    if (!open.isEmpty()) {
      giveUp(random.pick(new ArrayList<>(open.keySet())));
    }
  }

  /** The agent of a session was stopped in the middle of its calls. */
  void stopped(String session) {
    List<Long> theirs = new ArrayList<>();
    open.forEach(
        (number, call) -> {
          if (call.then() != NOTHING && call.caller().equals(session)) {
            theirs.add(number);
          }
        });
    for (Long number : theirs) {
      if (random.chance(0.7)) {
        giveUp(number);
      } else {
        // Not every host tells, and its program takes the answer that nobody reads.
        unread.add(number);
      }
    }
  }

  private void giveUp(Long number) {
    Call call = open.remove(number);
    abandoned.put(number, call);
    // It comes after the call itself, always.
    put(MAX_ASKING_MILLIS + 1, new Input.CallAbandoned(number));
    call.then().ended(false);
  }

  /** What is asked of a process that has ended meanwhile, the next one does not hear. */
  private void put(long delayMillis, Input input) {
    int asked = ends;
    time.after(
        delayMillis,
        () -> {
          if (up && asked == ends) {
            mailbox.accept(input);
          }
        });
  }

  /** The plugin has ended: all see that their calls have. Until it is back, calls fail at once. */
  void processEnds() {
    up = false;
    ends++;
    List<Call> calls = List.copyOf(open.values());
    open.clear();
    abandoned.clear();
    calls.forEach(call -> call.then().ended(false));
  }

  /** The plugin is there again. */
  void processBegins() {
    up = true;
  }

  private void ask(String caller, LongFunction<Input> input, Then then) {
    long call = ++last;
    if (Reaches.of(caller) == Reach.ANSWERED) {
      answers.add(caller);
    }
    Call made = new Call(caller, input.apply(call), then);
    long delay = random.delay(MAX_ASKING_MILLIS);
    if (!up) {
      time.after(delay, () -> then.ended(false));
      return;
    }
    open.put(call, made);
    put(delay, made.input());
  }

  /**
   * A call is answered.
   *
   * @return whether anybody still waited for that
   */
  boolean answered(long number, Answer answer) {
    Call call = open.remove(number);
    boolean wanted = call != null && !random.chance(0.01);
    if (call != null && !wanted) {
      // Its caller has gone in this very moment, and has not been heard of.
      abandoned.put(number, call);
      call.then().ended(false);
      missed |= call.input() instanceof Input.CatchUp;
    }
    if (!wanted) {
      call = abandoned.remove(number);
    }
    if (call == null) {
      throw new BrokenPromise("call " + number + " was answered twice: " + answer);
    }
    checks.accept(call.input(), answer);
    if (wanted) {
      hearMore(call);
      call.then().ended(true);
    }
    return wanted;
  }

  /** What is told in answers alone is asked for with each, as the tools do. */
  private void hearMore(Call answered) {
    if (answers.contains(answered.caller()) && !(answered.input() instanceof Input.CatchUp)) {
      catchUp(answered.caller());
    }
  }

  private void catchUp(String caller) {
    ask(caller, call -> new Input.CatchUp(call, caller), NOTHING);
  }

  /** All come back whose sessions can be told in answers alone. */
  void catchUp() {
    missed = false;
    answers.forEach(this::catchUp);
  }

  /** Whether one of them has gone before it was told, and has to come back once more. */
  boolean missed() {
    return missed;
  }

  /** Whether the agent that made a call was stopped, so that nobody reads the answer. */
  boolean unread(long number) {
    return unread.contains(number);
  }

  /** What was asked by a call that is not answered yet. */
  @Nullable Input input(long number) {
    Call call = open.getOrDefault(number, abandoned.get(number));
    return call == null ? null : call.input();
  }

  void checkAllAnswered() {
    if (!open.isEmpty()) {
      throw new BrokenPromise("calls were never answered: " + open);
    }
  }
}
