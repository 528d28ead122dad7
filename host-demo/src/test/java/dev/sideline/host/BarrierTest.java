package dev.sideline.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarrierTest {

  /** Fails at whatever it is asked for. */
  private static final class Unspeakable extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new StackOverflowError();
    }

    @Override
    public String toString() {
      throw new OutOfMemoryError();
    }
  }

  @Test
  void nothing_passes_it_whatever_it_is() {
    for (Throwable thrown :
        List.of(
            new IllegalStateException("a"),
            new OutOfMemoryError("b"),
            new InternalError("c"),
            new ThreadDeath(),
            new Unspeakable())) {
      assertThatCode(() -> Barrier.run("A test", () -> sneak(thrown))).doesNotThrowAnyException();
    }
  }

  @Test
  void what_makes_good_for_the_work_gets_what_was_thrown_and_may_throw_itself() {
    List<Throwable> told = new ArrayList<>();
    Error error = new StackOverflowError();

    Barrier.run(
        "A test",
        () -> sneak(error),
        thrown -> {
          told.add(thrown);
          throw new OutOfMemoryError();
        });

    assertThat(told).containsExactly(error);
  }

  @Test
  void what_cannot_say_what_it_is_is_named_by_its_class() {
    assertThat(Barrier.describe(new Unspeakable())).isEqualTo(Unspeakable.class.getName());
    assertThat(Barrier.describe(new IllegalStateException("why"))).contains("why");
  }

  private static void sneak(Throwable thrown) {
    BarrierTest.<RuntimeException>sneaky(thrown);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
