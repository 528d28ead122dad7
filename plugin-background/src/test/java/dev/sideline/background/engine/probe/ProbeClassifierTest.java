package dev.sideline.background.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.model.ToolMeter;
import dev.sideline.background.engine.model.UsageMeter;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeClassifierTest {

  private static final Usage TEN = new Usage(10, 0, 0, 0, 0, 0);
  private static final Message PROMPT = user("prompt");

  private final ProbeClassifier classifier = new ProbeClassifier(100);

  @Test
  void a_complete_answer_after_the_prompt_is_the_end() {
    ProbeResult result = judge(PROMPT, assistant("a", "  there are 42\n", "stop"));

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
    assertThat(result.text()).isEqualTo("there are 42");
    assertThat(result.textDropped()).isZero();
    assertThat(result.usage()).isEqualTo(Map.of("a", TEN));
  }

  @Test
  void an_answer_to_an_earlier_prompt_is_none() {
    assertThat(judge(user("earlier"), assistant("a", "old", "stop"), PROMPT).kind())
        .isEqualTo(Kind.SILENT);
  }

  @Test
  void without_the_prompt_whatever_is_there_is_older() {
    ProbeResult result = judge(user("earlier"), assistant("a", "old", "stop"));

    assertThat(result.kind()).isEqualTo(Kind.UNPROMPTED);
    assertThat(result.text()).isEmpty();
    assertThat(result.usage()).isEmpty();
    assertThat(judge().kind()).isEqualTo(Kind.UNPROMPTED);
  }

  @Test
  void a_prompt_further_back_than_the_messages_reach_was_there() {
    ProbeResult result =
        classifier.judge(List.of(assistant("b", "new", "stop")), false, PROMPT.id(), PROMPT.id());

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
    assertThat(result.text()).isEqualTo("new");
  }

  @Test
  void what_the_agent_said_before_it_was_told_more_is_kept_if_it_has_said_nothing_since() {
    ProbeResult silent = judge(user("first"), assistant("a", "half of it", "stop"), PROMPT);
    ProbeResult begun =
        judge(
            user("first"),
            assistant("a", "half of it", "stop"),
            PROMPT,
            message("b", "", null, false, null));
    ProbeResult goneOn =
        judge(
            user("first"),
            assistant("a", "old", "stop"),
            PROMPT,
            message("b", "new", null, false, null));

    assertThat(silent.kind()).isEqualTo(Kind.SILENT);
    assertThat(silent.text()).isEqualTo("half of it");
    assertThat(silent.usage()).isEmpty();
    assertThat(begun.kind()).isEqualTo(Kind.WORKING);
    assertThat(begun.text()).isEqualTo("half of it");
    assertThat(goneOn.text()).isEqualTo("new");
  }

  @Test
  void what_was_said_in_the_session_before_the_task_is_not_its_own() {
    ProbeResult resumed =
        judge(user("earlier"), assistant("a", "another task's", "stop"), user("first"), PROMPT);
    ProbeResult unknown = judge(user("earlier"), assistant("a", "another task's", "stop"), PROMPT);

    assertThat(resumed.text()).isEmpty();
    assertThat(unknown.text()).isEmpty();
  }

  @Test
  void an_agent_that_is_stopped_while_a_message_waits_does_nothing_about_it() {
    ProbeResult result =
        judge(user("first"), stopped("a", "half of it", Instant.EPOCH.plusMillis(1)), PROMPT);

    assertThat(result.kind()).isEqualTo(Kind.BROKEN);
    assertThat(result.failure()).isNotNull().matches(Failure::aborted);
    assertThat(result.text()).isEqualTo("half of it");
  }

  @Test
  void an_agent_that_was_stopped_before_the_message_came_may_still_begin_with_it() {
    ProbeResult result = judge(user("first"), stopped("a", "half of it", Instant.EPOCH), PROMPT);

    assertThat(result.kind()).isEqualTo(Kind.SILENT);
    assertThat(result.text()).isEqualTo("half of it");
  }

  @Test
  void an_answer_that_is_still_being_written_is_not_the_end() {
    assertThat(judge(PROMPT, message("a", "half", null, false, null)).kind())
        .isEqualTo(Kind.WORKING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "length", "content-filter", "unknown"})
  void a_message_ends_the_turn_whatever_its_model_stopped_for(String finish) {
    assertThat(judge(PROMPT, assistant("a", "text", finish)).kind()).isEqualTo(Kind.FINISHED);
  }

  @Test
  void a_message_that_stops_for_tools_goes_on() {
    assertThat(judge(PROMPT, assistant("a", "let me look", "tool-calls")).kind())
        .isEqualTo(Kind.WORKING);
  }

  @ParameterizedTest
  @EnumSource
  void a_message_whose_tool_call_is_not_over_goes_on(ToolUse.State state) {
    Message message = message("a", "text", "stop", true, null, new ToolUse("c", "bash", state));

    assertThat(judge(PROMPT, message).kind())
        .isEqualTo(state.ended() ? Kind.FINISHED : Kind.WORKING);
  }

  @Test
  void a_message_that_stops_for_tools_of_which_one_has_failed_goes_on_if_it_may() {
    ToolUse done = new ToolUse("1", "grep", ToolUse.State.COMPLETED);
    ToolUse failed = new ToolUse("2", "bash", ToolUse.State.FAILED);
    ToolUse running = new ToolUse("3", "bash", ToolUse.State.RUNNING);

    assertThat(judge(PROMPT, message("a", "", "tool-calls", true, null, done)).kind())
        .isEqualTo(Kind.WORKING);
    assertThat(judge(PROMPT, message("a", "", "tool-calls", true, null, done, failed)).kind())
        .isEqualTo(Kind.FAILED_CALL);
    assertThat(judge(PROMPT, message("a", "", "tool-calls", true, null, failed, running)).kind())
        .isEqualTo(Kind.WORKING);
    assertThat(judge(PROMPT, message("a", "so", "stop", true, null, failed)).kind())
        .isEqualTo(Kind.FINISHED);
  }

  @Test
  void an_answer_without_words_is_the_end_all_the_same() {
    ProbeResult result = judge(PROMPT, assistant("a", " \n", "stop"));

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
    assertThat(result.text()).isEmpty();
  }

  @Test
  void an_agent_that_ends_on_a_tool_call_has_said_its_piece_before() {
    assertThat(
            judge(PROMPT, assistant("a", "the piece", "tool-calls"), assistant("b", "", "stop"))
                .text())
        .isEqualTo("the piece");
  }

  @Test
  void an_error_is_told_with_what_was_said_before_it() {
    Failure failure = new Failure("ProviderError", "no credit");

    ProbeResult result =
        judge(
            PROMPT, assistant("a", "so far", "tool-calls"), message("b", "", null, true, failure));

    assertThat(result.kind()).isEqualTo(Kind.BROKEN);
    assertThat(result.failure()).isEqualTo(failure);
    assertThat(result.text()).isEqualTo("so far");
    assertThat(result.usage()).containsOnlyKeys("a", "b");
  }

  @Test
  void a_message_that_closed_without_a_word_or_a_reason_was_stopped() {
    assertThat(judge(PROMPT, message("a", "", null, true, null)).kind()).isEqualTo(Kind.STOPPED);
  }

  @Test
  void what_a_user_writes_after_the_answer_does_not_undo_it() {
    ProbeResult result = judge(PROMPT, assistant("a", "done", "stop"), user("notice"));

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
    assertThat(result.text()).isEqualTo("done");
  }

  @Test
  void of_a_long_answer_the_end_is_kept_at_a_character_boundary() {
    String emoji = "\uD83D\uDE00";
    String answer = "x".repeat(50) + emoji + "y".repeat(99);

    ProbeResult result = judge(PROMPT, assistant("a", answer, "stop"));

    assertThat(result.text()).isEqualTo("y".repeat(99));
    assertThat(result.textDropped()).isEqualTo(52);
  }

  @Test
  void how_much_was_dropped_of_what_an_agent_said_is_known_before_it_has_finished_too() {
    ProbeResult result =
        judge(user("first"), PROMPT, message("a", "x".repeat(130), null, false, null));

    assertThat(result.kind()).isEqualTo(Kind.WORKING);
    assertThat(result.text()).hasSize(100);
    assertThat(result.textDropped()).isEqualTo(30);
  }

  @Test
  void of_very_many_messages_the_newest_are_reported() {
    List<Message> session = new ArrayList<>(List.of(PROMPT));
    for (int i = 0; i <= ProbeResult.MAX_REPORTED_MESSAGES; i++) {
      session.add(assistant("msg_" + i, "", "tool-calls"));
    }
    ProbeResult result = judge(session.toArray(Message[]::new));

    assertThat(result.usage())
        .hasSize(ProbeResult.MAX_REPORTED_MESSAGES)
        .doesNotContainKey("msg_0");
  }

  @Test
  void an_answer_that_the_host_has_taken_is_the_end_though_it_came_by_a_tool_call() {
    Message taken =
        new Message(
            "a",
            Role.ASSISTANT,
            Instant.EPOCH,
            Instant.EPOCH,
            "worker",
            null,
            "",
            List.of(new ToolUse("call", "answer", ToolUse.State.COMPLETED)),
            "{}",
            "tool-calls",
            null,
            TEN);
    ProbeResult result = judge(PROMPT, taken);

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
    assertThat(result.structured()).isEqualTo("{}");
    assertThat(judge(PROMPT, assistant("a", "{}", "stop")).structured()).isNull();
  }

  @Test
  void an_answer_is_cut_off_if_its_model_says_so() {
    assertThat(judge(PROMPT, assistant("a", "half", "length")).cutOff()).isTrue();
    assertThat(judge(PROMPT, assistant("a", "all", "stop")).cutOff()).isFalse();
  }

  @Test
  void without_a_prompt_all_that_was_said_counts() {
    ProbeResult result = classifier.judge(List.of(assistant("a", "all", "stop")), true, null, null);

    assertThat(result.kind()).isEqualTo(Kind.FINISHED);
  }

  @Test
  void whatever_an_agent_does_can_be_seen_in_the_mark() {
    ToolUse pending = new ToolUse("call", "grep", ToolUse.State.PENDING);
    ToolUse running = new ToolUse("call", "grep", ToolUse.State.RUNNING, "{}", "");
    ToolUse more = new ToolUse("call", "grep", ToolUse.State.RUNNING, "{}", "found");
    List<Long> fingerprints =
        List.of(
            fingerprint(message("a", "", null, false, null)),
            fingerprint(message("a", "w", null, false, null)),
            fingerprint(message("a", "w", null, false, null, pending)),
            fingerprint(message("a", "w", null, false, null, running)),
            fingerprint(message("a", "w", null, false, null, more)),
            fingerprint(message("a", "w", null, true, null, more)),
            fingerprint(
                message("a", "w", null, true, null, more), message("b", "", null, false, null)));

    assertThat(fingerprints).doesNotHaveDuplicates();
    assertThat(fingerprint(message("a", "w", null, false, null))).isEqualTo(fingerprints.get(1));
  }

  @Test
  void a_long_session_is_counted_once_however_often_it_is_looked_at() {
    ToolMeter calls = new ToolMeter();
    UsageMeter usage = new UsageMeter();
    List<Message> session = new ArrayList<>(List.of(PROMPT));
    for (int step = 0; step < 1_000; step++) {
      ToolUse first = new ToolUse("call_" + step + "_1", "grep", ToolUse.State.COMPLETED);
      ToolUse second = new ToolUse("call_" + step + "_2", "read", ToolUse.State.COMPLETED);
      Message message = message("msg_" + step, "", "tool-calls", true, null, first, second);
      message.toolUses().forEach(calls::report);
      usage.report(message.id(), message.usage());
      session.add(message);
    }
    for (int look = 0; look < 2; look++) {
      ProbeResult result = judge(session.toArray(Message[]::new));
      result.toolUses().forEach(calls::report);
      result.usage().forEach(usage::report);
    }

    assertThat(calls.count()).isEqualTo(2_000);
    assertThat(calls.lastTool()).isEqualTo("read");
    assertThat(usage.total()).isEqualTo(new Usage(10_000, 0, 0, 0, 0, 0));
  }

  @Test
  void what_was_not_heard_of_is_counted_when_it_is_seen_oldest_first() {
    ProbeResult result =
        judge(
            PROMPT,
            message(
                "a",
                "",
                "tool-calls",
                true,
                null,
                new ToolUse("1", "grep", ToolUse.State.COMPLETED)),
            message(
                "b",
                "",
                "tool-calls",
                true,
                null,
                new ToolUse("2", "read", ToolUse.State.COMPLETED)));

    assertThat(result.toolUses()).extracting(ToolUse::callId).containsExactly("1", "2");
    assertThat(result.usage().keySet()).containsExactly("a", "b");
  }

  private long fingerprint(Message... said) {
    Message[] all = new Message[said.length + 1];
    all[0] = PROMPT;
    System.arraycopy(said, 0, all, 1, said.length);
    return judge(all).progressFingerprint();
  }

  private ProbeResult judge(Message... oldestFirst) {
    List<Message> newestFirst = Arrays.asList(oldestFirst.clone());
    Collections.reverse(newestFirst);
    return classifier.judge(newestFirst, true, PROMPT.id(), "first");
  }

  private static Message stopped(String id, String text, Instant at) {
    return new Message(
        id,
        Role.ASSISTANT,
        Instant.EPOCH,
        at,
        "worker",
        null,
        text,
        List.of(),
        null,
        null,
        new Failure(Failure.ABORTED, "stopped"),
        TEN);
  }

  private static Message user(String id) {
    return new Message(
        id,
        Role.USER,
        Instant.EPOCH,
        null,
        "worker",
        null,
        "do it",
        List.of(),
        null,
        null,
        null,
        Usage.NONE);
  }

  private static Message assistant(String id, String text, String finish) {
    return message(id, text, finish, true, null);
  }

  private static Message message(
      String id,
      String text,
      @Nullable String finish,
      boolean complete,
      @Nullable Failure failure,
      ToolUse... tools) {
    return new Message(
        id,
        Role.ASSISTANT,
        Instant.EPOCH,
        complete ? Instant.EPOCH : null,
        "worker",
        null,
        text,
        List.of(tools),
        null,
        finish,
        failure,
        TEN);
  }
}
