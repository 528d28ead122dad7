package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/**
 * What a disposed plugin does with what still comes in. The host is a mock around the fake, for it
 * notices a call of any method, also of one that the contract does not have yet.
 */
class DisposedTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestHost fake = new TestHost().setting("dispose_seconds", "1");
  private final RecordingSessionClient fakeSessions = fake.sessions();
  private final SessionClient sessions = mock(SessionClient.class, delegatesTo(fakeSessions));
  private final HostContext host = mock(HostContext.class, delegatesTo(fake));

  @Test
  void nothing_of_the_host_is_called_whatever_still_comes_in() {
    CompletableFuture<List<Message>> late = new CompletableFuture<>();
    doReturn(sessions).when(host).sessions();
    doReturn(late).when(sessions).messages(eq("parent"), anyInt());
    fakeSessions.addSession("parent");
    PluginHooks hooks = new BackgroundPlugin().activate(host);
    fakeSessions.onEvent(hooks::onEvent);
    assertThat(launch(hooks).error()).isFalse();
    patiently().until(() -> !fakeSessions.calls(SessionCall.SendPrompt.class).isEmpty());

    // The parent is to be told, for which its messages are read first.
    fakeSessions.finish(fakeSessions.sessions().get(1).id(), "done");
    patiently()
        .untilAsserted(() -> verify(sessions, atLeastOnce()).messages(eq("parent"), anyInt()));
    hooks.dispose();
    clearInvocations(host, sessions);

    late.complete(List.of());
    hooks.onEvent(new SessionEvent.Idle("parent"));
    hooks.onEventsLost();
    assertThat(launch(hooks).error()).isTrue();
    verifyNoInteractions(host, sessions);
  }

  @Test
  void a_session_that_is_just_being_created_is_removed_if_it_comes_while_that_is_waited_for() {
    CompletableFuture<Session> late = new CompletableFuture<>();
    fake.setting("dispose_seconds", "60");
    doReturn(sessions).when(host).sessions();
    doReturn(late).when(sessions).create(any());
    fakeSessions.addSession("parent");
    PluginHooks hooks = new BackgroundPlugin().activate(host);
    assertThat(launch(hooks).error()).isFalse();
    patiently().untilAsserted(() -> verify(sessions).create(any()));

    CompletableFuture<Void> disposed = CompletableFuture.runAsync(hooks::dispose);
    patiently().until(() -> launch(hooks).error());
    assertThat(disposed).isNotDone();
    late.complete(new Session("ses_late", "parent", "work", "/dir", Map.of()));
    assertThat(disposed).succeedsWithin(PATIENCE);
    verify(sessions).delete("ses_late");
  }

  private static ConditionFactory patiently() {
    return await().atMost(PATIENCE);
  }

  private static ToolResult launch(PluginHooks hooks) {
    String arguments = "{\"description\": \"work\", \"agent\": \"worker\", \"prompt\": \"Work.\"}";
    return hooks.tool("background_task").callAndWait(ToolCall.of("parent", arguments), PATIENCE);
  }
}
