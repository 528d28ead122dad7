package dev.sideline.background.simulation;

import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.WaitMode;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.task.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Those who call the tools: what they ask, and whether each call is answered once and rightly. */
final class Callers {

  private record Call(String caller, Input input, Runnable then) {}

  private final VirtualTime time;
  private final Dice dice;
  private final Consumer<Input> mailbox;
  private final Map<Long, Call> open = new LinkedHashMap<>();
  private final Map<Long, Call> abandoned = new LinkedHashMap<>();
  private final List<String> refs = new ArrayList<>();
  private long last;

  Callers(VirtualTime time, Dice dice, Consumer<Input> mailbox) {
    this.time = time;
    this.dice = dice;
    this.mailbox = mailbox;
  }

  void launch(String caller, Runnable then) {
    boolean wrongAgent = dice.chance(0.03);
    Assignment assignment =
        new Assignment("a task", "do it", wrongAgent ? "nobody" : "agent", null, null, null, null);
    ask(
        caller,
        call -> new Input.Launch(call, caller, assignment, Terms.NONE, List.of(), null),
        then);
  }

  void output(String caller, Runnable then) {
    WaitMode mode = dice.pick(List.of(WaitMode.values()));
    List<String> some = dice.chance(0.4) ? List.of() : someRefs();
    int timeout = dice.between(100, 40_000);
    ask(caller, call -> new Input.Output(call, caller, some, mode, timeout), then);
  }

  void cancel(String caller, Runnable then) {
    List<String> some = dice.chance(0.2) ? null : someRefs();
    ask(caller, call -> new Input.Cancel(call, caller, some, "not needed"), then);
  }

  void list(String caller) {
    TaskStatus status = dice.chance(0.5) ? null : dice.pick(List.of(TaskStatus.values()));
    ask(caller, call -> new Input.ListTasks(call, caller, status, 5), () -> {});
  }

  void clear(String caller) {
    ask(caller, call -> new Input.ClearCompleted(call, caller), () -> {});
  }

  /** Nobody waits for the answer to some call any more. */
  void giveUpOnOne() {
    if (!open.isEmpty()) {
      Long number = dice.pick(new ArrayList<>(open.keySet()));
      Call call = open.remove(number);
      abandoned.put(number, call);
      mailbox.accept(new Input.CallAbandoned(number));
      call.then().run();
    }
  }

  /** Tasks and sessions of anybody, most of them of late. */
  private List<String> someRefs() {
    List<String> some = new ArrayList<>();
    int count = dice.between(1, 3);
    for (int i = 0; i < count; i++) {
      int known = refs.size();
      some.add(
          known == 0 || dice.chance(0.05)
              ? "bg_of_nobody"
              : refs.get(dice.between(Math.max(0, known - 12), known - 1)));
    }
    return some;
  }

  private void ask(String caller, LongFunction<Input> input, Runnable then) {
    long call = ++last;
    Call made = new Call(caller, input.apply(call), then);
    open.put(call, made);
    time.after(dice.delay(20), () -> mailbox.accept(made.input()));
  }

  void answered(long number, Answer answer) {
    Call call = open.remove(number);
    boolean wanted = call != null;
    if (!wanted) {
      call = abandoned.remove(number);
    }
    if (call == null) {
      throw new BrokenPromise("call " + number + " was answered twice: " + answer);
    }
    check(call, answer);
    if (wanted) {
      call.then().run();
    }
  }

  private void check(Call call, Answer answer) {
    if (answer instanceof Answer.Launched launched) {
      refs.add(launched.task().task().id().value());
    } else if (answer instanceof Answer.Shown shown) {
      shown.tasks().forEach(view -> checkOwn(call, view));
      checkWait((Input.Output) call.input(), shown);
    } else if (answer instanceof Answer.Listed listed) {
      listed.tasks().forEach(view -> checkOwn(call, view));
    } else if (answer instanceof Answer.CancelEnded ended) {
      ended.stopped().forEach(view -> checkOwn(call, view));
      ended.stopping().forEach(view -> checkOwn(call, view));
      ended.alreadyOver().forEach(view -> checkOwn(call, view));
    }
  }

  private static void checkWait(Input.Output output, Answer.Shown shown) {
    if (output.mode() == WaitMode.NONE || shown.tasks().isEmpty()) {
      return;
    }
    long open =
        shown.tasks().stream()
            .map(view -> view.task().status())
            .filter(status -> !status.terminal() && status != TaskStatus.CANCELLING)
            .count();
    boolean all = output.mode() == WaitMode.ALL;
    boolean over = all ? open == 0 : open < shown.tasks().size();
    // One of any may also have turned out not to be recorded, and is then not shown.
    boolean mustBeOver = all && !shown.waitedInVain();
    if (shown.waitedInVain() ? over : mustBeOver && !over) {
      throw new BrokenPromise("a wait ended in vain, or should have: " + output + ", " + shown);
    }
  }

  private void checkOwn(Call call, View view) {
    if (!view.task().belongsTo(call.caller())) {
      throw new BrokenPromise(
          "P8: " + call.caller() + " was shown " + view.task() + " by " + call.input());
    }
    String session = view.task().session();
    if (session != null && dice.chance(0.1)) {
      refs.add(session);
    }
  }

  void checkAllAnswered() {
    if (!open.isEmpty()) {
      throw new BrokenPromise("calls were never answered: " + open);
    }
  }

  int waiting() {
    return open.size();
  }
}
