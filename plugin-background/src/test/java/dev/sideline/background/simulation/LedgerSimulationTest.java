package dev.sideline.background.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The promises of the plugin, in virtual time, under everything that may go wrong.
 *
 * <p>{@code -Dsideline.seed=N} runs that story again, {@code -Dsideline.steps=N} makes each longer,
 * {@code -Dsideline.seeds=N} tells more of them, beginning with a random one; so does the profile
 * {@code nightly}.
 */
class LedgerSimulationTest {

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
    // Or the simulation has become tame.
    assertThat(stories.missing()).isEmpty();
  }
}
