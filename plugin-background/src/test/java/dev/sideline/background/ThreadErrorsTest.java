package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.RoughHost.Trouble;
import dev.sideline.background.runtime.Throwables;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The plugin's threads meet what nobody expects, and go on: also when logging fails. */
class ThreadErrorsTest {

  private static final String MAILBOX = "sideline-mailbox";

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void an_event_whose_handling_throws_costs_itself_alone(Throwable thrown) {
    try (PluginScenario scenario = new PluginScenario(Map.of())) {
      String task = scenario.launchAndAwait(PARENT, "work");
      Trap trap = new Trap(scenario.child(task), thrown);

      strikeTwice(scenario, trap);

      assertGoesOn(scenario, task);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void an_event_that_cannot_even_be_taken_harms_no_thread_of_the_host(Throwable thrown) {
    try (PluginScenario scenario = new PluginScenario(Map.of())) {
      String task = scenario.launchAndAwait(PARENT, "work");
      SessionEvent event =
          () -> {
            Throwables.sneak(thrown);
            return PARENT;
          };

      assertThatCode(() -> scenario.hooks.onEvent(event)).doesNotThrowAnyException();

      assertGoesOn(scenario, task);
    }
  }

  @Test
  void the_mailbox_goes_on_when_logging_what_an_event_met_throws() {
    try (PluginScenario scenario = new PluginScenario(Map.of());
        BrokenLogging logging = new BrokenLogging()) {
      String task = scenario.launchAndAwait(PARENT, "work");
      Trap trap = new Trap(scenario.child(task), new StackOverflowError("on purpose"));

      strikeTwice(scenario, trap);

      patiently().until(() -> !logging.struck().isEmpty());
      assertGoesOn(scenario, task);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "newMessageId, THROWS_AN_ERROR, sideline-ids",
    "newMessageId, BLOCKS, sideline-mailbox",
    "publish, THROWS_AN_ERROR, sideline-effects"
  })
  void a_thread_goes_on_when_logging_what_the_host_did_throws(
      String method, Trouble trouble, String thread) {
    RoughHost host = new RoughHost(method, trouble, 2);
    AgentPlugin plugin = host.plugin();
    try (PluginScenario scenario = new PluginScenario(Map.of(), plugin);
        BrokenLogging logging = new BrokenLogging()) {
      List<String> tasks = List.of(scenario.launch("one"), scenario.launch("two"));
      patiently().until(() -> logging.struck().contains(thread));
      host.calmDown();

      for (String task : tasks) {
        patiently()
            .until(
                () -> scenario.hasChild(task) && scenario.sessions.working(scenario.child(task)));
        assertGoesOn(scenario, task);
      }
    }
  }

  private static void strikeTwice(PluginScenario scenario, Trap trap) {
    for (int time = 1; time <= 2; time++) {
      int expected = time;
      scenario.hooks.onEvent(trap);
      patiently().until(() -> trap.struck.size() == expected);
    }
    assertThat(trap.struck.get(1)).as("the same thread").isSameAs(trap.struck.get(0));
  }

  /** A task that was there before comes to its end, and so does a new one. */
  private static void assertGoesOn(PluginScenario scenario, String before) {
    String fresh = scenario.launchAndAwait(PARENT, "more work");
    for (String task : List.of(before, fresh)) {
      scenario.sessions.finish(scenario.child(task), "done");
      assertThat(scenario.awaitEnd(task).path("reason").asText()).isEqualTo("ok");
    }
  }

  /** An event that throws when the plugin comes to handle it. */
  private record Trap(String session, Throwable thrown, List<Thread> struck)
      implements SessionEvent {

    Trap(String session, Throwable thrown) {
      this(session, thrown, new CopyOnWriteArrayList<>());
    }

    @Override
    public String sessionId() {
      if (Thread.currentThread().getName().equals(MAILBOX)) {
        struck.add(Thread.currentThread());
        Throwables.sneak(thrown);
      }
      return session;
    }
  }

  /** Every line that a thread of the plugin logs ends in an Error, until this is closed. */
  private static final class BrokenLogging implements AutoCloseable {

    private final PrintStream before = System.err;
    private final List<String> struck = new CopyOnWriteArrayList<>();

    BrokenLogging() {
      // The provider of the tests writes there, and holds back exceptions, but no errors.
      System.setErr(new PrintStream(new Broken(), true, StandardCharsets.UTF_8));
    }

    /** The names of the threads that it has happened to. */
    List<String> struck() {
      return struck;
    }

    @Override
    public void close() {
      System.setErr(before);
    }

    private final class Broken extends OutputStream {

      @Override
      public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        String thread = Thread.currentThread().getName();
        if (thread.startsWith("sideline-")) {
          struck.add(thread);
          throw new NoClassDefFoundError("no logging, on purpose");
        }
        before.write(bytes, offset, length);
      }
    }
  }
}
