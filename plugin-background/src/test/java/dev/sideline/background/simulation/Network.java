package dev.sideline.background.simulation;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The way to the host and back: slow, and sometimes a call or its answer is lost on it. */
final class Network {

  private static final int MAX_TRAVEL_MILLIS = 1_200;

  private final VirtualTime time;
  private final Dice dice;
  private final Journal journal;
  private double faults;
  private double refusals;
  private boolean down;

  Network(VirtualTime time, Dice dice, Journal journal) {
    this.time = time;
    this.dice = dice;
    this.journal = journal;
  }

  /** How often a call goes wrong, of 1. */
  void faults(double probability) {
    faults = probability;
  }

  /** How often the host refuses an order for good, of 1. */
  void refusals(double probability) {
    refusals = probability;
  }

  /** Whether the host is not there. */
  void down(boolean isDown) {
    down = isDown;
  }

  <T> CompletionStage<T> call(String what, Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    time.after(dice.delay(MAX_TRAVEL_MILLIS), () -> arrive(what, work, answer));
    return answer;
  }

  /** A call that the host may refuse, for one of some reasons. */
  <T> CompletionStage<T> order(String what, Supplier<T> work, Code... reasons) {
    if (!dice.chance(refusals)) {
      return call(what, work);
    }
    Code code = dice.pick(List.of(reasons));
    return call(
        what,
        () -> {
          throw new SessionException(code, "the host does not want to");
        });
  }

  private <T> void arrive(String what, Supplier<T> work, CompletableFuture<T> answer) {
    if (down) {
      fail(what, answer, dice.chance(0.5) ? Code.UNAVAILABLE : Code.UNCERTAIN);
      return;
    }
    if (!dice.chance(faults)) {
      carryOut(what, work, answer);
      return;
    }
    switch (dice.between(0, 3)) {
      case 0 -> fail(what, answer, Code.UNAVAILABLE);
      case 1 -> fail(what, answer, Code.UNCERTAIN);
      default -> {
        carryOut(what, work, new CompletableFuture<>());
        fail(what, answer, Code.UNCERTAIN);
      }
    }
  }

  private <T> void carryOut(String what, Supplier<T> work, CompletableFuture<T> answer) {
    journal.note("call", what);
    T result;
    try {
      result = work.get();
    } catch (SessionException refused) {
      time.after(
          dice.delay(MAX_TRAVEL_MILLIS),
          () -> {
            boolean unused = answer.completeExceptionally(refused);
          });
      return;
    }
    time.after(
        dice.delay(MAX_TRAVEL_MILLIS),
        () -> {
          boolean unused = answer.complete(result);
        });
  }

  private <T> void fail(String what, CompletableFuture<T> answer, Code code) {
    journal.note("failed", code + " " + what);
    time.after(
        dice.delay(MAX_TRAVEL_MILLIS),
        () -> {
          boolean unused =
              answer.completeExceptionally(new SessionException(code, "lost on the way"));
        });
  }
}
