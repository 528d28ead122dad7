package dev.sideline.examples.small;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.EndReason;
import dev.sideline.api.HostContext;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionClient;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.ToolCall;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The built plugin in the small host. */
class SmallHostIT {

  private static final String LAUNCH =
      """
      {"description": "Count the rooms", "agent": "counter", "prompt": "How many rooms?"}
      """;
  private static final String WAIT = "{\"wait\": \"all\"}";
  private static final Agent COUNTER = (prompt, words) -> words.accept("There are 3 rooms.");

  @Test
  void a_first_launch_works() throws Exception {
    try (SmallHost host = new SmallHost(Map.of("counter", COUNTER), Map.of())) {
      host.start(ServiceLoader.load(AgentPlugin.class).findFirst().orElseThrow());
      String session = now(host.sessions().create(NewSession.of("conversation"))).id();

      String launched = now(host.call(session, "background_task", LAUNCH)).text();
      String ended = now(host.call(session, "background_output", WAIT)).text();

      assertThat(launched).startsWith("Launched background task bg_");
      assertThat(ended).contains("completed").contains("There are 3 rooms.");
    }
  }

  @Test
  void the_session_that_launched_a_task_is_woken_when_it_has_ended() throws Exception {
    CompletableFuture<String> notice = new CompletableFuture<>();
    Agent planner =
        (prompt, words) -> {
          if (!prompt.text().equals("Begin")) {
            notice.complete(prompt.text());
          }
        };
    try (SmallHost host = new SmallHost(Map.of("counter", COUNTER, "planner", planner), Map.of())) {
      host.start(plugin());
      String session = conversation(host.sessions());
      assertThat(now(host.call(session, "background_task", LAUNCH)).error()).isFalse();

      assertThat(now(notice)).contains("\"Count the rooms\"", "completed");
      assertThat(host.screen()).anyMatch(line -> line.contains("Count the rooms"));
    }
  }

  @Test
  void a_person_sees_all_tasks_and_stops_one() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Agent endless = (prompt, words) -> never.await();
    try (SmallHost host = new SmallHost(Map.of("counter", endless, "planner", COUNTER), Map.of())) {
      host.start(plugin());
      String session = conversation(host.sessions());
      assertThat(now(host.call(session, "background_task", LAUNCH)).error()).isFalse();

      TaskSnapshot task = now(host.tasks()).get(0);
      assertThat(task.description()).isEqualTo("Count the rooms");
      assertThat(now(host.stop(task.id()))).isEqualTo("cancelled");
      assertThat(now(host.stop("bg_none"))).isEqualTo("no such task");
    }
  }

  @Test
  void what_the_host_refuses_at_the_prompt_fails_the_launch_with_the_words_of_the_host()
      throws Exception {
    try (SmallHost host = new SmallHost(Map.of("planner", COUNTER), Map.of())) {
      host.start(plugin());
      String session = conversation(host.sessions());
      assertThat(now(host.call(session, "background_task", LAUNCH)).error()).isFalse();

      assertThat(now(host.call(session, "background_output", WAIT)).text())
          .contains("failed", "there is no agent 'counter'");
      assertThat(now(host.tasks()).get(0).reason()).isEqualTo(EndReason.LAUNCH_FAILED);
    }
  }

  @Test
  void a_host_that_tells_of_no_events_is_asked() throws Exception {
    try (SmallSessions sessions = new SmallSessions(Map.of("counter", COUNTER), event -> {})) {
      PluginHooks hooks = plugin().activate(new Quiet(sessions, Map.of("reconcile_seconds", "1")));
      String session = now(sessions.create(NewSession.of("conversation"))).id();
      Duration patience = Duration.ofSeconds(30);

      hooks.tool("background_task").callAndWait(ToolCall.of(session, LAUNCH), patience);
      String ended =
          hooks.tool("background_output").callAndWait(ToolCall.of(session, WAIT), patience).text();
      hooks.dispose();

      assertThat(ended).contains("completed").contains("There are 3 rooms.");
    }
  }

  private static AgentPlugin plugin() {
    return ServiceLoader.load(AgentPlugin.class).findFirst().orElseThrow();
  }

  /** A session that an agent has worked in, so that it can be woken. */
  private static String conversation(SessionClient sessions) throws Exception {
    String session = now(sessions.create(NewSession.of("conversation"))).id();
    Prompt begin = Prompt.of(session, sessions.newMessageId(), "Begin").withAgent("planner");
    now(sessions.prompt(begin));
    return session;
  }

  private static <T> T now(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** A host that tells of nothing. */
  private record Quiet(SessionClient sessions, Map<String, String> settings)
      implements HostContext {}
}
