package dev.sideline.background.simulation;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The way to the host and back: slow, and sometimes a call or its answer is lost on it. What is on
 * it when the process ends that has called may still arrive at the host, but is answered to nobody.
 */
final class Network {

  private static final int MAX_TRAVEL_MILLIS = 1_200;

  /** How often a call gets lost that is on its way when its process ends, of 1. */
  private static final double LOST_WITH_PROCESS = 0.4;

  private static final long CALL_TIMEOUT_MILLIS = 60_000;

  /** What a client does that it should not. */
  enum Strange {
    THROWS,
    THROWS_ERROR,
    THROWS_AFTERWARDS,
    NO_STAGE,
    /** This is allowed. */
    AT_ONCE,
    TOO_LATE
  }

  private final VirtualTime time;
  private final SeededRandom random;
  private final Journal journal;
  private final CoverageTracker coverage;
  private double faults;
  private double clientFaults;
  private double refusals;
  private boolean down;

  /** The number of the process that calls. */
  private int process;

  Network(VirtualTime time, SeededRandom random, Journal journal, CoverageTracker coverage) {
    this.time = time;
    this.random = random;
    this.journal = journal;
    this.coverage = coverage;
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

  /** How often the client itself does what it must not, or does not answer in time, of 1. */
  void clientFaults(double probability) {
    clientFaults = probability;
  }

  /** The process that has called until now calls no more, and hears nothing. */
  void processEnds() {
    process++;
  }

  <T> CompletionStage<T> call(String what, Supplier<T> work) {
    return random.chance(clientFaults) && !down ? strangely(what, work) : travel(what, work);
  }

  /** A call that nothing but the way to the host and back can fail. */
  <T> CompletionStage<T> travel(String what, Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    int sentBy = process;
    time.after(
        random.delay(MAX_TRAVEL_MILLIS),
        () -> {
          if (sentBy == process) {
            arrive(what, work, answer);
          } else {
            arriveLate(what, work);
          }
        });
    return answer;
  }

  /** A call that the host may refuse, for one of some reasons. */
  <T> CompletionStage<T> order(String what, Supplier<T> work, Code... reasons) {
    if (!random.chance(refusals)) {
      return call(what, work);
    }
    Code code = random.pick(List.of(reasons));
    return call(
        what,
        () -> {
          throw new SessionException(code, "the host does not want to");
        });
  }

  /** The contract forbids most of this; to the plugin, all of it is a call that has failed. */
  @SuppressWarnings("NullAway") // A client that breaks its contract.
  private <T> CompletionStage<T> strangely(String what, Supplier<T> work) {
    Strange how = random.pick(List.of(Strange.values()));
    journal.note("strange", how + " " + what);
    coverage.see(how);
    switch (how) {
      case THROWS -> throw new IllegalStateException("a client that throws");
      case THROWS_ERROR ->
          throw random.chance(0.5)
              ? new NoClassDefFoundError("a class of the client's")
              : new StackOverflowError("a client that calls itself");
      case THROWS_AFTERWARDS -> {
        var unused = atOnce(what, work);
        throw new IllegalArgumentException("a client that throws, when all is done");
      }
      case NO_STAGE -> {
        return null;
      }
      case AT_ONCE -> {
        return atOnce(what, work);
      }
      default -> {
        return tooLate(what, work);
      }
    }
  }

  private <T> CompletionStage<T> atOnce(String what, Supplier<T> work) {
    journal.note("call", what);
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (SessionException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** It is answered when nobody waits for that any more, or never. */
  private <T> CompletionStage<T> tooLate(String what, Supplier<T> work) {
    if (random.chance(0.7)) {
      time.after(
          random.delay(MAX_TRAVEL_MILLIS), () -> carryOut(what, work, new CompletableFuture<>()));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (random.chance(0.5)) {
      long late = CALL_TIMEOUT_MILLIS + random.between(1, 600_000);
      hear(late, answer, new SessionException(Code.UNAVAILABLE, "so late"));
    }
    return answer;
  }

  /** The process that has called has ended. */
  private <T> void arriveLate(String what, Supplier<T> work) {
    if (!down && !random.chance(LOST_WITH_PROCESS)) {
      carryOut(what, work, new CompletableFuture<>());
    }
  }

  private <T> void arrive(String what, Supplier<T> work, CompletableFuture<T> answer) {
    if (down) {
      fail(what, answer, random.chance(0.5) ? Code.UNAVAILABLE : Code.UNCERTAIN);
      return;
    }
    if (!random.chance(faults)) {
      carryOut(what, work, answer);
      return;
    }
    switch (random.between(0, 3)) {
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
      hear(random.delay(MAX_TRAVEL_MILLIS), answer, refused);
      return;
    }
    int sentBy = process;
    time.after(
        random.delay(MAX_TRAVEL_MILLIS),
        () -> {
          if (sentBy == process) {
            boolean unused = answer.complete(result);
          }
        });
  }

  private <T> void fail(String what, CompletableFuture<T> answer, Code code) {
    journal.note("failed", code + " " + what);
    SessionException lost = new SessionException(code, "lost on the way");
    hear(random.delay(MAX_TRAVEL_MILLIS), answer, lost);
  }

  /** Has a call fail after a time, if its process is still there then. */
  private <T> void hear(long delayMillis, CompletableFuture<T> answer, SessionException failure) {
    int sentBy = process;
    time.after(
        delayMillis,
        () -> {
          if (sentBy == process) {
            boolean unused = answer.completeExceptionally(failure);
          }
        });
  }
}
