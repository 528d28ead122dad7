package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server that dies and comes back. The one that a test starts is there until the class is over.
 */
@LeakCheck.OncePerClass
class OpenCodeRestartIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  @Test
  void a_server_that_is_killed_and_started_again_is_found_again() {
    RecordingSink sink = new RecordingSink();
    OpenCodeOptions options =
        opencode.options().withRetries(Duration.ofMillis(20), Duration.ofMillis(200));
    try (OpenCodeRuntime runtime = OpenCodeRuntime.connect(options)) {
      runtime.start(sink);
      sink.awaitConnected(1);
      SessionClient sessions = runtime.sessions();
      Session session = answer(sessions.create(new NewSession(null, "title", null, Map.of())));
      opencode.model().whenAsked("hang until killed").reply(Reply.hanging());
      answer(sessions.prompt(prompt(sessions, session, "hang until killed")));
      patiently().until(() -> answer(sessions.statuses()).containsKey(session.id()));

      opencode.kill();
      assertThatThrownBy(() -> answer(sessions.get(session.id())))
          .cause()
          .isInstanceOfSatisfying(
              SessionException.class,
              failure ->
                  assertThat(failure.code())
                      .isIn(SessionException.Code.UNAVAILABLE, SessionException.Code.UNCERTAIN));
      opencode.restart();
      patiently().until(() -> sink.connected() == 2);

      // What it was doing is lost, and shows as a message that is never completed.
      assertThat(answer(sessions.get(session.id()))).contains(session);
      assertThat(answer(sessions.statuses())).doesNotContainKey(session.id());
      List<Message> left = answer(sessions.messages(session.id(), 1));
      assertThat(left.get(0).completedAt()).isNull();

      opencode.model().whenAsked("alive?").reply(Reply.text("alive"));
      answer(sessions.prompt(prompt(sessions, session, "alive?")));
      patiently()
          .until(() -> answer(sessions.messages(session.id(), 1)).get(0).text().equals("alive"));
      sink.awaitIdle(session.id());
    }
  }

  private static Prompt prompt(SessionClient sessions, Session session, String text) {
    return new Prompt(
        session.id(),
        sessions.newMessageId(),
        text,
        RealOpenCode.WORKER,
        null,
        null,
        Set.of(),
        true,
        null);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  private static <T> T answer(CompletionStage<T> call) {
    try {
      return call.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the call failed", e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the call was not answered", e);
    }
  }
}
