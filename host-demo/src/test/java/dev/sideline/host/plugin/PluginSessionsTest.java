package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.testing.RecordingSessionClient;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PluginSessionsTest {

  private final Queue<Runnable> answers = new ArrayDeque<>();
  private final RecordingSessionClient host =
      new RecordingSessionClient(Clock.systemUTC(), answers::add);
  private final PluginSessions sessions = new PluginSessions(host);

  @Test
  void an_answer_passes_while_the_plugin_is_there() {
    CompletableFuture<Session> created = create();
    assertThat(created).isNotDone();

    answer();

    assertThat(created).isCompletedWithValueMatching(session -> session.title().equals("t"));
  }

  @Test
  void a_failure_passes_as_it_is() {
    CompletableFuture<Void> aborted =
        sessions.reply("no such request", new dev.sideline.api.Reply.Allow()).toCompletableFuture();
    answer();

    assertThat(aborted.handle((done, problem) -> problem).join())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.code()).isEqualTo(SessionException.Code.NOT_FOUND));
  }

  @Test
  void an_answer_that_comes_when_the_plugin_is_gone_runs_nothing_of_it() {
    AtomicBoolean ran = new AtomicBoolean();
    CompletableFuture<Session> created = create();
    CompletableFuture<Void> unused = created.thenRun(() -> ran.set(true));

    sessions.close();
    answer();

    assertThat(ran).isFalse();
    assertThat(created).isNotDone();
  }

  @Test
  void a_call_of_a_plugin_that_is_gone_does_not_reach_the_host() {
    sessions.close();

    CompletableFuture<Session> created = create();

    assertThat(host.calls()).isEmpty();
    assertThat(created).isCompletedExceptionally();
  }

  @Test
  void what_the_host_throws_is_an_answer() {
    SessionClient broken =
        (SessionClient)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SessionClient.class},
                (proxy, method, arguments) -> {
                  throw new StackOverflowError();
                });

    assertThat(new PluginSessions(broken).statuses().handle((all, problem) -> problem))
        .isCompletedWithValueMatching(problem -> problem instanceof SessionException);
  }

  private CompletableFuture<Session> create() {
    return sessions.create(new NewSession(null, "t", null, Map.of())).toCompletableFuture();
  }

  private void answer() {
    for (Runnable next = answers.poll(); next != null; next = answers.poll()) {
      next.run();
    }
  }
}
