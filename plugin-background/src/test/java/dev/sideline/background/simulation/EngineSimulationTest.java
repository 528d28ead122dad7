package dev.sideline.background.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The invariants of the plugin, in virtual time, under everything that may go wrong.
 *
 * <p>{@code -Dsideline.seed=N} runs that story again, {@code -Dsideline.steps=N} makes each longer,
 * {@code -Dsideline.seeds=N} tells more of them, beginning with a random one; so does the profile
 * {@code nightly}. {@code -Dsideline.fixed=N} tells more of those that are always told, and shows
 * what trace they leave.
 */
class EngineSimulationTest {

  /**
   * What comes of the stories that are always told. It is another as soon as the core does anything
   * else than before, and the same however it is rebuilt: a change that means to alter behaviour
   * writes the new one here, and says what behaves otherwise.
   */
  private static final String TRACE = "e18d39143b0a0b7c";

  @Test
  void the_promises_hold_whatever_happens() throws InterruptedException {
    Stories stories = new Stories(false);

    stories.tell(Stories.seeds());

    System.out.println(stories.steps() + " steps were simulated");
    List<BrokenPromise> broken = new ArrayList<>(stories.broken());
    if (!broken.isEmpty()) {
      BrokenPromise first = broken.remove(0);
      broken.forEach(first::addSuppressed);
      throw first;
    }
    String trace = Long.toHexString(stories.trace());
    System.out.println("The fixed seeds leave the trace " + trace);
    if (stories.traced()) {
      assertThat(trace).as("what the core does, to the bit").isEqualTo(TRACE);
    }
    // Or the simulation has become tame.
    assertThat(stories.missing()).isEmpty();
  }
}
