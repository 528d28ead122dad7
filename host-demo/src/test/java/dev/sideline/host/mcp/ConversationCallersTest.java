package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationCallersTest {

  private static final String CODEX = "codex-mcp-client";

  private final List<Conversation> opened = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private boolean fails;

  @Test
  void each_thread_of_a_codex_process_is_a_caller_of_its_own() {
    ConversationCallers callers = callers();

    Caller one = identify(callers, codex("thread-1"));
    Caller two = identify(callers, codex("thread-2"));

    assertThat(identify(callers, codex("thread-1")).sessionId()).isEqualTo(one.sessionId());
    assertThat(two.sessionId()).isNotEqualTo(one.sessionId());
    assertThat(opened)
        .containsExactly(
            new Conversation("codex", "thread-1"), new Conversation("codex", "thread-2"));
  }

  @Test
  void what_a_model_writes_into_the_arguments_changes_nothing() {
    ConversationCallers callers = callers();
    String owner = identify(callers, codex("thread-1")).sessionId();
    Map<String, Object> claim =
        new HashMap<>(
            Map.of(
                "threadId", "thread-1",
                "_meta", Map.of("threadId", "thread-1"),
                "sessionID", "thread-1"));

    String stranger =
        callers
            .identify("background_list", claim, codex("thread-2"))
            .toCompletableFuture()
            .join()
            .sessionId();

    assertThat(stranger).isNotEqualTo(owner);
    assertThat(claim).hasSize(3);
  }

  @Test
  void a_call_bears_the_programs_own_id_of_it() {
    CallOrigin codex = CallOrigin.of(CODEX, "0.171.0", Map.of("threadId", "t", "callId", "call_7"));
    CallOrigin claude =
        CallOrigin.of("claude-code", "2.1.332", Map.of("claudecode/toolUseId", "toolu_7"));

    assertThat(identify(callers(), codex).callId()).isEqualTo("call_7");
    assertThat(identify(callers(), claude).callId()).isEqualTo("toolu_7");
    assertThat(identify(callers(), other("gemini-cli-mcp-client", "0.61.0")).callId()).isNull();
  }

  @Test
  void claude_code_names_its_session_in_the_environment_of_the_server() {
    environment.put("CLAUDE_CODE_SESSION_ID", "5ff2");

    identify(callers(), other("claude-code", "2.1.332"));

    assertThat(opened).containsExactly(new Conversation("claude", "5ff2"));
  }

  @Test
  void a_program_that_was_started_inside_of_claude_code_is_not_taken_for_it() {
    environment.put("CLAUDE_CODE_SESSION_ID", "5ff2");

    identify(callers(), other("gemini-cli-mcp-client", "0.61.0"));

    assertThat(opened).containsExactly(Conversation.OF_THE_CONNECTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.0.21", "2.2.0-beta.1", "v2.1.0", "unknown", "10.0.0"})
  void opencode_2_names_the_session_of_each_call(String version) {
    identify(callers(), CallOrigin.of("opencode", version, Map.of("sessionID", "ses_1")));

    assertThat(opened).containsExactly(new Conversation("opencode", "ses_1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.18.33", "v1.0.0", "0.0.0-dev-202609212252"})
  void of_opencode_1_it_is_not_believed(String version) {
    identify(callers(), CallOrigin.of("opencode", version, Map.of("sessionID", "ses_1")));

    assertThat(opened).containsExactly(Conversation.OF_THE_CONNECTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "line\nbreak", "\u001b[2J", "\u00e4"})
  void what_can_be_no_id_is_no_id(String id) {
    environment.put("CLAUDE_CODE_SESSION_ID", id);

    identify(callers(), other("claude-code", "2.1.332"));

    assertThat(opened).containsExactly(Conversation.OF_THE_CONNECTION);
  }

  @Test
  void a_session_that_could_not_be_made_is_made_by_the_next_call() {
    ConversationCallers callers = callers();
    fails = true;
    assertThatThrownBy(() -> identify(callers, codex("t"))).hasRootCauseMessage("not now");
    fails = false;

    assertThat(identify(callers, codex("t")).sessionId()).isNotEmpty();
    assertThat(callers.sessionOf(Conversation.ofCodex("t"))).isPresent();
    assertThat(callers.sessionOf(Conversation.ofCodex("u"))).isEmpty();
  }

  @Test
  void conversations_of_a_process_are_bounded_and_those_that_are_there_go_on() {
    ConversationCallers callers = callers();
    for (int i = 0; i < ConversationCallers.MAX_CONVERSATIONS; i++) {
      identify(callers, codex("t" + i));
    }

    assertThatThrownBy(() -> identify(callers, codex("one more")))
        .hasCauseInstanceOf(CallerRefusedException.class);
    assertThat(identify(callers, codex("t0")).sessionId()).isEqualTo("ses_1");
  }

  private ConversationCallers callers() {
    return new ConversationCallers(environment, this::newSession);
  }

  private CompletionStage<String> newSession(Conversation conversation, CallOrigin origin) {
    if (fails) {
      return CompletableFuture.failedFuture(new IllegalStateException("not now"));
    }
    opened.add(conversation);
    return CompletableFuture.completedFuture("ses_" + opened.size());
  }

  private static Caller identify(ConversationCallers callers, CallOrigin origin) {
    return callers
        .identify("background_list", new HashMap<>(), origin)
        .toCompletableFuture()
        .join();
  }

  private static CallOrigin codex(String thread) {
    return CallOrigin.of(CODEX, "0.171.0", Map.of("threadId", thread));
  }

  private static CallOrigin other(String program, String version) {
    return CallOrigin.of(program, version, null);
  }
}
