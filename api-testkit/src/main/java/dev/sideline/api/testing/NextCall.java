package dev.sideline.api.testing;

import dev.sideline.api.SessionException;
import java.util.function.Consumer;

/**
 * What becomes of the next call of a kind, from {@link RecordingSessionClient#next}. One of the
 * methods is called once; asking again for the same kind speaks of the call after that.
 */
public final class NextCall {

  private final Consumer<Behaviour> plan;

  NextCall(Consumer<Behaviour> plan) {
    this.plan = plan;
  }

  /** It is not carried out and fails. */
  public void fails(SessionException failure) {
    plan.accept(call -> call.fail(failure));
  }

  /** It is carried out, but the answer is lost: it fails with {@code UNCERTAIN}. */
  public void losesItsAnswer() {
    plan.accept(
        call -> {
          call.carryOut();
          call.fail(
              new SessionException(
                  SessionException.Code.UNCERTAIN, "the answer was lost, as the test asked"));
        });
  }

  /** It is not carried out, and its stage never completes. */
  public void neverAnswers() {
    plan.accept(call -> {});
  }

  /** It waits, neither carried out nor answered, until the test releases it. */
  public Held isHeld() {
    Held held = new Held();
    plan.accept(held::take);
    return held;
  }

  /** A call that waits until the test releases it. Safe for use from any thread. */
  public static final class Held {

    private boolean released;
    private Runnable carryOut = () -> {};

    private Held() {}

    private void take(ReceivedCall<?> call) {
      synchronized (this) {
        if (!released) {
          carryOut = call::carryOutAndAnswer;
          return;
        }
      }
      call.carryOutAndAnswer();
    }

    /** Carries the call out and answers it; if it has not come yet, as soon as it comes. */
    public void release() {
      Runnable waiting;
      synchronized (this) {
        released = true;
        waiting = carryOut;
        carryOut = () -> {};
      }
      waiting.run();
    }
  }

  /** What is done with a call. */
  @FunctionalInterface
  interface Behaviour {
    void apply(ReceivedCall<?> call);
  }
}
